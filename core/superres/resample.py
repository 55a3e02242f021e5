"""Band-limited resampling by a rational ratio: a Hann-windowed sinc, one short filter per output phase.

The filter is the one AP-BWE was trained behind (six zero crossings, roll-off 0.99), so it is part of the model:
another resampler, however good, feeds the network other spectra.
"""

from functools import cache
from math import ceil, gcd

import torch
from torch import Tensor
from torch.nn import functional

from core.superres.config import LOWPASS_ROLLOFF, LOWPASS_ZEROS


def resampled_length(samples: int, *, source_rate: int, target_rate: int) -> int:
    """Length in samples of a resampled signal."""
    return -(-samples * target_rate // source_rate)


def resample(wave: Tensor, *, source_rate: int, target_rate: int) -> Tensor:
    """Resample `wave` [B, N] to [B, ceil(N * target_rate / source_rate)]; zeros lie outside the signal."""
    if source_rate == target_rate:
        return wave
    common = gcd(source_rate, target_rate)
    source, target = source_rate // common, target_rate // common
    filters = _filters(source, target).to(wave)
    taps = filters.shape[-1]
    padded = functional.pad(wave, ((taps - source) // 2, (taps + source) // 2))
    steps = wave.shape[-1] // source + 1
    # Tap by tap: a convolution may add in another order for another length, and a piece then differ from the whole.
    phases = wave.new_zeros(len(wave), target, steps)
    for tap in range(taps):
        phases += padded[:, tap : tap + source * (steps - 1) + 1 : source].unsqueeze(1) * filters[:, tap, None]
    length = resampled_length(wave.shape[-1], source_rate=source, target_rate=target)
    return phases.transpose(1, 2).flatten(1)[:, :length]


@cache
def _filters(source: int, target: int) -> Tensor:
    """Filter bank [target, 2 * reach + source] in float64, one row per output phase."""
    band = LOWPASS_ROLLOFF * min(source, target)
    reach = ceil(LOWPASS_ZEROS * source / band)
    taps = torch.arange(-reach, reach + source, dtype=torch.float64) / source
    phases = torch.arange(target, dtype=torch.float64).unsqueeze(1) / target
    crossings = (band * (taps - phases)).clamp(-LOWPASS_ZEROS, LOWPASS_ZEROS)
    window = torch.cos(crossings * torch.pi / (2 * LOWPASS_ZEROS)).square()
    return torch.sinc(crossings) * window * (band / source)
