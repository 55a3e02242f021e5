"""Training data of the decoder in memory: crops of tokens and their targets, and an initial codebook."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training.demo_voice.codes import PART_OF, PARTS, SLOT_OF, SLOTS, STEP_OF
from training.demo_voice.decoder_config import CODEBOOK_DIM
from training.demo_voice.oscillators import HARMONICS
from training.demo_voice.phases import phases
from training.demo_voice.synthesis import HOP

MARGIN = 6
"""Tokens at a crop's cut edges that the loss leaves out."""
SPECTRAL_DIMS = CODEBOOK_DIM - 2 * SLOTS
"""Channels of a codebook row for the spectrum; the others begin as the one-hot slot, and frame or stage."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """One utterance, or a stack of crops of equal length, in which every tensor has a leading axis.

    tokens [T], globals [1, 32], amplitudes [T, HARMONICS], noise [320 T], phases [T, 2] (start and step in turns),
    known [T] (where a phase is heard), counted [T] (0 where a crop lacks the tokens around).
    """

    tokens: Tensor
    globals: Tensor
    amplitudes: Tensor
    noise: Tensor
    phases: Tensor
    known: Tensor
    counted: Tensor

    def __len__(self) -> int:
        return self.tokens.shape[-1]

    def crop(self, start: int, length: int) -> "Pieces":
        """Return `length` tokens of an utterance."""
        stop = start + length
        counted = self.counted[start:stop].clone()
        if start:
            counted[:MARGIN] = 0
        if stop < len(self):
            counted[-MARGIN:] = 0
        cut = (one[start:stop] for one in (self.tokens, self.amplitudes, self.phases, self.known))
        tokens, amplitudes, turns, known = cut
        return Pieces(
            tokens,
            self.globals,
            amplitudes.float(),
            self.noise[HOP * start : HOP * stop].float() / 32767,
            turns,
            known,
            counted,
        )


def load(files: Iterable[Path]) -> list[Pieces]:
    """Return all utterances of files that `waves` wrote."""
    found = []
    for path in files:
        with np.load(path) as data:
            arrays = {name: data[name] for name in data.files}
        for i, (a, b) in enumerate(pairwise(arrays["offsets"].tolist())):
            tokens = arrays["tokens"][a:b]
            turns = phases(tokens, float(arrays["middles"][i]))
            found.append(
                Pieces(
                    torch.from_numpy(tokens).long(),
                    torch.from_numpy(arrays["speakers"][i])[None].long(),
                    torch.from_numpy(arrays["amplitudes"][a:b]),
                    torch.from_numpy(arrays["noise"][HOP * a : HOP * b]),
                    torch.from_numpy(np.stack((turns.starts, turns.steps), 1)).float(),
                    torch.from_numpy(turns.known).float(),
                    torch.ones(b - a),
                )
            )
    return found


def crops(clips: list[Pieces], *, count: int, length: int, rng: np.random.Generator) -> Pieces:
    """Return `count` random crops of `length` tokens, stacked; utterances are drawn in proportion to their lengths."""
    usable = [clip for clip in clips if len(clip) >= length]
    weights = np.array([len(clip) for clip in usable], float)
    chosen = [usable[i] for i in rng.choice(len(usable), count, p=weights / weights.sum())]
    return stacked([clip.crop(int(rng.integers(len(clip) - length + 1)), length) for clip in chosen])


def stacked(pieces: list[Pieces]) -> Pieces:
    """Stack crops of equal length."""
    return Pieces(*(torch.stack([getattr(piece, name) for piece in pieces]) for name in Pieces.__slots__))


def peaks(clips: list[Pieces]) -> Tensor:
    """Return an amplitude of each harmonic that few frames exceed."""
    loudest = torch.stack([clip.amplitudes.float().amax(0) for clip in clips])
    return 1.1 * loudest.quantile(0.98, dim=0).clamp(min=1e-4)


class SlottedCodebook(torch.nn.Module):
    """Codebook whose rows are sums: one vector for each part of a code, and one for each slot."""

    def __init__(self, clips: list[Pieces]) -> None:
        super().__init__()
        self.parts = torch.nn.Parameter(_spectra(clips))
        marks = torch.zeros(SLOTS + 1, CODEBOOK_DIM)  # the last row is that of voiceless codes
        marks[:SLOTS, SPECTRAL_DIMS : SPECTRAL_DIMS + SLOTS] = torch.eye(SLOTS)
        self.slots = torch.nn.Parameter(marks)
        self.register_buffer("part_of", torch.from_numpy(PART_OF))
        self.register_buffer("slot_of", torch.from_numpy(SLOT_OF) % (SLOTS + 1))

    @torch.no_grad()
    def take(self, rows: Tensor) -> None:
        """Take the rows [CODE_COUNT, CODEBOOK_DIM] of a trained codebook; a voiced part has a row for every slot."""
        voiced = self.slot_of < SLOTS
        grid = rows[voiced].view(-1, SLOTS, CODEBOOK_DIM)
        self.slots[:SLOTS] = (grid - grid.mean(1, keepdim=True)).mean(0)
        self.slots[SLOTS] = 0
        rest = rows - self.slots[self.slot_of]
        counts = torch.bincount(self.part_of, minlength=PARTS)
        self.parts.copy_(torch.zeros_like(self.parts).index_add_(0, self.part_of, rest) / counts[:, None])

    @property
    def weight(self) -> Tensor:
        """Return all rows [CODE_COUNT, CODEBOOK_DIM]."""
        return self.parts[self.part_of] + self.slots[self.slot_of]

    def forward(self, ids: Tensor) -> Tensor:
        """[B, T] -> [B, T, CODEBOOK_DIM]."""
        return self.parts[self.part_of[ids]] + self.slots[self.slot_of[ids]]


def _spectra(clips: list[Pieces]) -> Tensor:
    """Return principal components of each part's mean log spectrum, then the one-hot frame or stage."""
    bands = 32
    sums, counts = torch.zeros(PARTS, HARMONICS + bands), torch.zeros(PARTS)
    part_of = torch.from_numpy(PART_OF)
    for clip in clips:
        frames = clip.noise.float().view(-1, HOP) / 32767
        power = torch.fft.rfft(frames * torch.hann_window(HOP), n=512).abs().square()[:, :256]
        level = torch.cat((clip.amplitudes.float() * 10, F.avg_pool1d(power[:, None], 8)[:, 0].sqrt()), 1)
        sums.index_add_(0, part_of[clip.tokens], (level + 1e-2).log())
        counts.index_add_(0, part_of[clip.tokens], torch.ones(len(clip)))
    means = sums / counts.clamp(min=1)[:, None]
    for row in range(1, PARTS):
        if counts[row] == 0:
            means[row] = means[row - 1]
    centred = means - means.mean(0)
    _, _, axes = torch.linalg.svd(centred, full_matrices=False)
    spectral = centred @ axes[:SPECTRAL_DIMS].T
    rows = torch.zeros(PARTS, CODEBOOK_DIM)
    rows[:, :SPECTRAL_DIMS] = spectral / spectral[:, 0].std()
    places = torch.zeros(PARTS, dtype=torch.long).index_copy_(0, part_of, torch.from_numpy(STEP_OF))
    rows[:, -SLOTS:] = F.one_hot(places, SLOTS).float()
    return rows
