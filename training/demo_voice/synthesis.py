"""Sound as frames of numbers: a lapped transform of one frame a token, as the wave generator's weights.

BiCodec's wave generator is, but for its Snakes and residual units, a stack of transposed convolutions: a linear map
from a frame's numbers to the samples around it. With Snake's factor at zero (the identity) and silent residual units it
can be any such map. Here it is the inverse of a lapped cosine transform (windows of two frames, so no seams), reduced
to the directions that the training speech uses most. So nothing has to be learned at the rate of samples: the prenet
learns to name the numbers, 50 frames a second, many times faster than training through the generator.
"""

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from core.bicodec.generator import WaveGenerator

HOP = 320
BLOCK = 40
"""Samples that one row holds after the generator's first stage, at eight rows a frame."""


def cosines() -> Tensor:
    """[320, 640]: orthonormal lapped basis (MDCT with a sine window), a row a frequency."""
    n, k = np.arange(2 * HOP), np.arange(HOP)[:, None]
    window = np.sin(np.pi * (n + 0.5) / (2 * HOP))
    rows = window * np.cos(np.pi / HOP * (n + 0.5 + HOP / 2) * (k + 0.5)) * np.sqrt(2 / HOP)
    return torch.from_numpy(rows.astype(np.float32))


def analyse(samples: Tensor, basis: Tensor) -> Tensor:
    """[B, 320·T] samples to [B, T, rows]; the window of frame t starts half a frame before it."""
    padded = F.pad(samples, (HOP // 2, HOP // 2))
    return padded.unfold(1, 2 * HOP, HOP) @ basis.T


def synthesise(frames: Tensor, basis: Tensor) -> Tensor:
    """[B, T, rows] to samples [B, 320·T], by overlapping windows."""
    pieces = frames @ basis
    whole = F.fold(pieces.mT, (1, HOP * (frames.shape[1] + 1)), (1, 2 * HOP), stride=(1, HOP))
    return whole[:, 0, 0, HOP // 2 : -(HOP // 2)]


def main_directions(waves: Iterable[Tensor], count: int) -> tuple[Tensor, Tensor]:
    """[count, 640] orthonormal rows that keep most of the waves, and the share of energy that each row holds.

    Bands are weighted by the inverse root of their level, for the ear hears the weak upper ones as well.
    """
    full = cosines()
    covariance = torch.zeros(HOP, HOP, dtype=torch.float64)
    for wave in waves:
        rows = analyse(wave[None], full)[0].double()
        covariance += rows.T @ rows
    level = covariance.diagonal().sqrt()
    weight = (F.avg_pool1d(level[None], 9, 1, 4, count_include_pad=False)[0] + 1e-9).rsqrt()
    _, vectors = torch.linalg.eigh(weight[:, None] * covariance * weight)
    kept = vectors.flip(1)[:, :count]
    # the span of the unweighted directions, made orthonormal again
    span, _ = torch.linalg.qr(kept / weight[:, None])
    inside = span.T @ covariance @ span
    energies, turn = torch.linalg.eigh(inside)
    span, energies = (span @ turn).flip(1), energies.flip(0)
    return (span.T @ full.double()).float(), (energies / covariance.trace()).float()


@torch.no_grad()
def become_linear(generator: WaveGenerator, basis: Tensor) -> None:
    """Sets the generator to tanh of `synthesise` with `basis` [channels, 640]: exactly, but for rounding."""
    first, *stages, _, last, _ = generator.model
    for parameter in generator.parameters():
        parameter.zero_()  # residual units add nothing, Snakes are the identity
    first.weight[:, :, first.kernel_size[0] // 2] = torch.eye(first.out_channels, first.in_channels)
    held = 1  # frames a row stands for, then samples
    for i, stage in enumerate(stages):
        up = stage.block[1]
        rate, lead = up.stride[0], up.padding[0]
        if i == 0:
            up.weight[: len(basis), :BLOCK] = basis.view(len(basis), -1, BLOCK).mT
            held = BLOCK
        else:
            held //= rate
            for phase in range(rate):
                for place in range(held):
                    up.weight[phase * held + place, place, lead + phase] = 1
    last.weight[0, 0, last.kernel_size[0] // 2] = 1
