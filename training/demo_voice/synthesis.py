"""Lapped cosine transform with one frame for each token, reduced to few directions: the noise of the voice.

Windows are two frames long, so there are no seams. The prenet learns the frames' coefficients, 50 a second.
"""

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

HOP = 320


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
