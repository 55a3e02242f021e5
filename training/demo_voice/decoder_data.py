"""Training data of the decoder: crops of tokens and target waveforms, and an initial codebook from their spectra."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from training.demo_voice.codes import CODE_COUNT, FRAMES_PER_PHONE
from training.demo_voice.decoder_config import SPECTRAL_DIMS
from training.demo_voice.speakers import SPEAKERS

HOP = 320
MARGIN = 6
"""Tokens at a crop's cut edges that the loss leaves out."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One utterance: tokens [T], samples [320·T] and the speaker's global tokens [1, 32]."""

    tokens: torch.Tensor
    samples: torch.Tensor
    globals: torch.Tensor


@dataclass(frozen=True, slots=True)
class Crops:
    """Stacked pieces of clips; `mask` [B, 320·T] is 0 where a sample depends on tokens that were cut away."""

    tokens: torch.Tensor
    samples: torch.Tensor
    globals: torch.Tensor
    mask: torch.Tensor


def load(work: Path) -> list[Clip]:
    """Return all clips of the files `waves_*.npz`."""
    voices = [torch.tensor([speaker.global_tokens]) for speaker in SPEAKERS]
    clips = []
    for path in sorted(work.glob("waves_*.npz")):
        with np.load(path) as data:
            tokens, offsets, waves = torch.from_numpy(data["tokens"]).long(), data["offsets"].tolist(), data["waves"]
            speakers = data["speakers"].tolist()
        samples = torch.from_numpy(waves)
        for (a, b), speaker in zip(pairwise(offsets), speakers, strict=True):
            clips.append(Clip(tokens[a:b], samples[HOP * a : HOP * b].float() / 32767, voices[speaker]))
    return clips


def crops(clips: list[Clip], *, count: int, length: int, rng: np.random.Generator) -> Crops:
    """Return `count` random crops of `length` tokens, stacked; clips are drawn in proportion to their lengths."""
    usable = [clip for clip in clips if len(clip.tokens) >= length]
    weights = np.array([len(clip.tokens) for clip in usable], float)
    chosen = [usable[i] for i in rng.choice(len(usable), count, p=weights / weights.sum())]
    starts = [int(rng.integers(len(clip.tokens) - length + 1)) for clip in chosen]
    pairs = list(zip(chosen, starts, strict=True))
    mask = torch.ones(count, HOP * length)
    for row, (clip, a) in zip(mask, pairs, strict=True):
        row[: HOP * min(a, MARGIN)] = 0
        row[HOP * (length - min(len(clip.tokens) - a - length, MARGIN)) :] = 0
    return Crops(
        torch.stack([clip.tokens[a : a + length] for clip, a in pairs]),
        torch.stack([clip.samples[HOP * a : HOP * (a + length)] for clip, a in pairs]),
        torch.stack([clip.globals for clip in chosen]),
        mask,
    )


def first_codebook(clips: list[Clip], dim: int) -> torch.Tensor:
    """Return an initial codebook [CODE_COUNT, dim].

    A row has principal components of the code's mean log spectrum, then the one-hot frame index. A code without an
    example uses the spectrum of the nearest earlier frame of its phone.
    """
    bands = 64
    sums, counts = torch.zeros(CODE_COUNT, bands), torch.zeros(CODE_COUNT)
    for clip in clips:
        frames = clip.samples.view(-1, HOP)
        power = torch.fft.rfft(frames * torch.hann_window(HOP), n=512).abs().square()[:, :256]
        sums.index_add_(0, clip.tokens, (F.avg_pool1d(power[:, None], 4)[:, 0] + 1e-5).log())
        counts.index_add_(0, clip.tokens, torch.ones(len(clip.tokens)))
    means = sums / counts.clamp(min=1)[:, None]
    for code in range(CODE_COUNT):
        if counts[code] == 0 and code % FRAMES_PER_PHONE:
            means[code] = means[code - 1]
    centred = means - means.mean(0)
    _, _, axes = torch.linalg.svd(centred, full_matrices=False)
    spectral = centred @ axes[:SPECTRAL_DIMS].T
    spectral = spectral / spectral[:, 0].std()
    index = F.one_hot(torch.arange(CODE_COUNT) % FRAMES_PER_PHONE, FRAMES_PER_PHONE).float()
    return torch.cat((spectral, index), dim=1)[:, :dim]
