"""Probe of bfloat16: processors without instructions for it emulate it up to a hundred times slower."""

import torch
from torch import Tensor
from torch.nn import functional

from core.forms.threads import fastest_s

_ROUNDS = 3
_CHANNELS, _ROWS, _TAPS = 192, 1024, 7
"""Size of the probe: a convolution of 0.5 GFLOP, some milliseconds in float32."""


def bfloat16_pays(device: torch.device) -> bool:
    """Report whether a convolution is faster in bfloat16 than in float32 on this device."""
    image = torch.randn(1, _CHANNELS, 1, _ROWS, device=device).contiguous(memory_format=torch.channels_last)
    weight = torch.randn(_CHANNELS, _CHANNELS, 1, _TAPS, device=device).contiguous(memory_format=torch.channels_last)
    least = [_least_s(image.to(dtype), weight.to(dtype)) for dtype in (torch.float32, torch.bfloat16)]
    return least[1] < least[0]


@torch.inference_mode()
def _least_s(image: Tensor, weight: Tensor) -> float:
    return fastest_s(lambda: functional.conv2d(image, weight).flatten()[0].item(), _ROUNDS)  # `item` waits for a GPU
