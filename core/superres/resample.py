"""Band-limited resampling by a rational ratio: a Hann-windowed sinc, with one short filter per output phase.

AP-BWE was trained on the output of this filter (six zero crossings, roll-off 0.99), so the filter is part of the model:
any other resampler, however good, gives the network other spectra.
"""

from functools import cache
from math import ceil, gcd

import torch
from torch import Tensor
from torch.nn import functional

from core.superres.config import LOWPASS_ROLLOFF, LOWPASS_ZEROS


def resampled_length(samples: int, *, source_rate: int, target_rate: int) -> int:
    """Return the length of a resampled signal, in samples."""
    return -(-samples * target_rate // source_rate)


def resample(wave: Tensor, *, source_rate: int, target_rate: int) -> Tensor:
    """Resample `wave` [B, N] to [B, ceil(N * target_rate / source_rate)]; outside the signal it is zero."""
    if source_rate == target_rate:
        return wave
    common = gcd(source_rate, target_rate)
    source, target = source_rate // common, target_rate // common
    filters = _filters(source, target).to(wave)
    taps = filters.shape[-1]
    padded = functional.pad(wave, ((taps - source) // 2, (taps + source) // 2))
    steps = wave.shape[-1] // source + 1
    # Tap by tap, because a convolution's order of additions may depend on the length: pieces would differ by rounding.
    phases = wave.new_zeros(len(wave), target, steps)
    for tap in range(taps):
        phases += padded[:, tap : tap + source * (steps - 1) + 1 : source].unsqueeze(1) * filters[:, tap, None]
    length = resampled_length(wave.shape[-1], source_rate=source, target_rate=target)
    return phases.transpose(1, 2).flatten(1)[:, :length]


@cache
def _filters(source: int, target: int) -> Tensor:
    """Return the filter bank [target, 2 * reach + source] in float64, one row per output phase."""
    band = LOWPASS_ROLLOFF * min(source, target)
    reach = ceil(LOWPASS_ZEROS * source / band)
    taps = torch.arange(-reach, reach + source, dtype=torch.float64) / source
    phases = torch.arange(target, dtype=torch.float64).unsqueeze(1) / target
    crossings = (band * (taps - phases)).clamp(-LOWPASS_ZEROS, LOWPASS_ZEROS)
    window = torch.cos(crossings * torch.pi / (2 * LOWPASS_ZEROS)).square()
    return torch.sinc(crossings) * window * (band / source)
