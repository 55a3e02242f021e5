"""Linear synthesis as the wave generator's weights: an inverse lapped transform with one frame for each token.

BiCodec's wave generator is a stack of transposed convolutions with Snakes and residual units. With Snake's factor at
zero (the identity) and residual units of zero it is a linear map from a frame's channels to the samples around it. Here
that map is the inverse of a lapped cosine transform (windows of two frames, so no seams), reduced to the directions
that the training speech uses most. The prenet learns the frames' coefficients, 50 per second, which is many times
faster than training through the generator.
"""

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from core.bicodec.generator import WaveGenerator

HOP = 320
BLOCK = 40
"""Samples of one row after the generator's first stage, which has eight rows for each frame."""


def cosines() -> Tensor:
    """Return the orthonormal lapped basis [320, 640] (MDCT with a sine window), one row for each frequency."""
    n, k = np.arange(2 * HOP), np.arange(HOP)[:, None]
    window = np.sin(np.pi * (n + 0.5) / (2 * HOP))
    rows = window * np.cos(np.pi / HOP * (n + 0.5 + HOP / 2) * (k + 0.5)) * np.sqrt(2 / HOP)
    return torch.from_numpy(rows.astype(np.float32))


def analyse(samples: Tensor, basis: Tensor) -> Tensor:
    """Transform samples [B, 320·T] to frames [B, T, rows]; the window of frame t starts half a frame before it."""
    padded = F.pad(samples, (HOP // 2, HOP // 2))
    return padded.unfold(1, 2 * HOP, HOP) @ basis.T


def synthesise(frames: Tensor, basis: Tensor) -> Tensor:
    """Transform frames [B, T, rows] to samples [B, 320·T], by overlapping windows."""
    pieces = frames @ basis
    whole = F.fold(pieces.mT, (1, HOP * (frames.shape[1] + 1)), (1, 2 * HOP), stride=(1, HOP))
    return whole[:, 0, 0, HOP // 2 : -(HOP // 2)]


def main_directions(waves: Iterable[Tensor], count: int) -> tuple[Tensor, Tensor]:
    """Return orthonormal rows [count, 640] that keep most of the waves, and each row's share of the energy.

    Bands are weighted by the inverse root of their level, because weak upper bands are audible as well.
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
    """Set the generator's weights so that it computes tanh of `synthesise` with `basis` [channels, 640]."""
    first, *stages, _, last, _ = generator.model
    for parameter in generator.parameters():
        parameter.zero_()  # residual units add nothing, Snakes are the identity
    first.weight[:, :, first.kernel_size[0] // 2] = torch.eye(first.out_channels, first.in_channels)
    held = 1  # frames that a row stands for, later samples
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
