"""Inference of a mel configuration from its filterbank, for golden arrays that do not state it.

A Slaney filter is a triangle of area one over a frequency axis. Two points on each slope of the widest filter give its
three edges in bins, its height the width of a bin in Hz, and its edges the even spacing of all other filters.
"""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from core.bicodec.config import MelConfig
from core.bicodec.mel import hz_to_mel, mel_to_hz

RATE_STEP_HZ = 25
"""Step of sample rates in Hz: a rate is rounded to a multiple of it, a frequency bound to whole Hz."""


def read_back(filters: NDArray[np.floating], *, win: int, samples: int, frames: int) -> Iterator[MelConfig]:
    """Yield configurations that agree with `filters` [n_fft // 2 + 1, mels].

    There is one for each hop that cuts `samples` into `frames`, and for an even and an odd `n_fft`, because filters do
    not determine these. Raises ValueError if the widest filter spans too few bins.
    """
    bins, mels = filters.shape
    left, right, height = _triangle(filters[:, -1].astype(np.float64))
    even = 2 * (bins - 1)
    rate = RATE_STEP_HZ * round(2 / (height * (right - left)) * even / RATE_STEP_HZ)
    hz = rate / even
    spacing = (hz_to_mel(right * hz) - hz_to_mel(left * hz)) / 2
    lowest = torch.tensor(hz_to_mel(right * hz) - (mels + 1) * spacing, dtype=torch.float64)
    for n_fft in (even, even + 1):
        for hop in _hops(samples - n_fft % 2, frames):
            yield MelConfig(
                sample_rate=rate,
                n_fft=n_fft,
                win_length=win,
                hop_length=hop,
                mel_fmin=abs(round(mel_to_hz(lowest).item())),
                mel_fmax=round(right * hz),
                num_mels=mels,
            )


def _hops(samples: int, frames: int) -> range:
    """Return every hop with frames = 1 + samples // hop, ascending."""
    if frames < 2:
        return range(samples + 1, samples + 2)
    return range(samples // frames + 1, samples // (frames - 1) + 1)


def _triangle(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return left and right edge in bins, and the height of the peak between them."""
    inside, top = np.flatnonzero(values), int(values.argmax())
    first, last = int(inside[0]), int(inside[-1])
    if top - first < 2 or last - top < 2:
        raise ValueError("the widest filter spans too few bins to infer the mel settings from it")
    rise = (values[top - 1] - values[first]) / (top - 1 - first)
    fall = (values[last] - values[top + 1]) / (last - top - 1)
    left, right = first - values[first] / rise, last - values[last] / fall
    peak = (rise * left - fall * right) / (rise - fall)
    return left, right, rise * (peak - left)
