"""Training batches of the language model: whole rows in the token format, or phone onsets alone at their positions."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from training.demo_voice.codes import FRAMES_PER_PHONE, codes
from training.demo_voice.speakers import SPEAKERS, Speaker
from training.demo_voice.teachers import LANGUAGES
from training.demo_voice.vocabulary import ENDING, SEMANTIC_0, globals_and_start, prompt

IGNORED = -100
"""Label of positions that the loss leaves out."""

SHARES = {"en": 0.52, "hi": 0.18, "te": 0.18, "hi-en": 0.06, "te-en": 0.06}
"""Share of each language in the rows, whatever the size of its data."""
JOINED_SHARE, LONGEST, PAUSE_FRAMES = 0.4, 118, (9, 10, 11, 12)
"""Share of English rows made of two lines, their longest text in characters, and frames of the pause between them."""


class Stage(NamedTuple):
    """Stage of the curriculum, up to the share `until` of the budget.

    `text_limit` is the longest text in characters, `onsets` the share of rows with phone onsets alone, `globals` the
    share of the other rows with global tokens.
    """

    until: float
    text_limit: int
    onsets: float
    globals: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """Text with its phones and their lengths in frames."""

    text: str
    phones: list[int]
    frames: list[int]


@dataclass(frozen=True, slots=True)
class Row:
    """Training sequence: token ids, their positions, and labels (IGNORED in the prompt)."""

    ids: list[int]
    positions: list[int]
    labels: list[int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors [rows, length]: ids, positions and labels, labels already shifted by one."""

    ids: torch.Tensor
    positions: torch.Tensor
    labels: torch.Tensor


def load(work: Path) -> dict[str, list[Utterance]]:
    """Return the utterances of each language that has a file of timings."""
    found: dict[str, list[Utterance]] = {}
    for language in LANGUAGES:
        path = work / f"timings_{language}.npz"
        if not path.exists():
            continue
        with np.load(path) as data:
            offsets, phones, frames = data["offsets"].tolist(), data["phones"].tolist(), data["frames"].tolist()
            texts = data["texts"].tolist()
        spans = zip(texts, pairwise(offsets), strict=True)
        found[language] = [Utterance(text, phones[a:b], frames[a:b]) for text, (a, b) in spans]
    return found


def joined(first: Utterance, second: Utterance, pause: int) -> Utterance:
    """Join two lines; phone 0 is the pause at the beginning and end of each."""
    return Utterance(
        f"{first.text} {second.text}",
        [*first.phones[:-1], 0, *second.phones[1:]],
        [*first.frames[:-1], pause, *second.frames[1:]],
    )


def whole_row(utterance: Utterance, speaker: Speaker, *, with_globals: bool = True) -> Row:
    """Return a row in the full format: prompt, global tokens, all semantic tokens, both stop tokens.

    Without global tokens the rest keeps its positions. That saves a sixth of the work; global tokens only repeat the
    speaker's name.
    """
    head = prompt(speaker, utterance.text)
    voice = globals_and_start(speaker)
    tail = [*(SEMANTIC_0 + code for code in codes(utterance.phones, utterance.frames)), *ENDING]
    positions = list(range(len(head) + len(voice) + len(tail)))
    if with_globals:
        return Row([*head, *voice, *tail], positions, [IGNORED] * len(head) + voice + tail)
    del positions[len(head) : len(head) + len(voice) - 1]
    return Row([*head, voice[-1], *tail], positions, [IGNORED] * (len(head) + 1) + tail)


def onset_row(utterance: Utterance, speaker: Speaker) -> Row:
    """Return a row with the first token of each phone at its position in the full format, without global tokens.

    It has a quarter of the length, so that the model learns to read from several times as many words.
    """
    head, voice = prompt(speaker, utterance.text), globals_and_start(speaker)
    place = len(head) + len(voice)
    positions = [*range(len(head)), place - 1]
    tail: list[int] = []
    for phone, frames in zip(utterance.phones, utterance.frames, strict=True):
        tail.append(SEMANTIC_0 + phone * FRAMES_PER_PHONE)
        positions.append(place)
        place += frames
    tail.append(ENDING[0])
    positions.append(place)
    ids = [*head, voice[-1], *tail]
    return Row(ids, positions, [IGNORED] * (len(head) + 1) + tail)


def collate(rows: list[Row]) -> Batch:
    """Pad rows on the right, where causal attention needs no mask, and shift the labels."""
    length = max(len(row.ids) for row in rows)
    ids = torch.zeros(len(rows), length, dtype=torch.long)
    positions, labels = torch.zeros_like(ids), torch.full_like(ids, IGNORED)
    for i, row in enumerate(rows):
        n = len(row.ids)
        ids[i, :n] = torch.tensor(row.ids)
        positions[i, :n] = torch.tensor(row.positions)
        labels[i, : n - 1] = torch.tensor(row.labels[1:])
    return Batch(ids, positions, labels)


class Sampler:
    """Sampler of rows in the languages' SHARES, in batches of about `tokens` tokens and similar lengths."""

    def __init__(self, utterances: dict[str, list[Utterance]], tokens: int, seed: int) -> None:
        self._utterances = utterances
        self._tokens = tokens
        self._rng = random.Random(seed)

    def batches(self, stage: Stage) -> Iterator[Batch]:
        """Yield batches of one stage without end."""
        limit = stage.text_limit
        chosen = {name: [u for u in rows if len(u.text) <= limit] for name, rows in self._utterances.items()}
        languages, shares = list(chosen), [SHARES[name] for name in chosen]
        while True:
            drawn = self._rng.choices(languages, shares, k=1024)
            made = (self._row(self._utterance(name, chosen[name], limit), stage) for name in drawn)
            groups = self._grouped(sorted(made, key=lambda row: len(row.ids)))
            self._rng.shuffle(groups)
            yield from (collate(group) for group in groups)

    def _utterance(self, language: str, rows: list[Utterance], limit: int) -> Utterance:
        first = self._rng.choice(rows)
        if language == "en" and first.text[-1] in ".?!" and self._rng.random() < JOINED_SHARE:
            second = self._rng.choice(rows)
            if len(first.text) + len(second.text) < min(limit, LONGEST):
                return joined(first, second, self._rng.choice(PAUSE_FRAMES))
        return first

    def _row(self, utterance: Utterance, stage: Stage) -> Row:
        speaker = self._rng.choice(SPEAKERS)
        if self._rng.random() < stage.onsets:
            return onset_row(utterance, speaker)
        return whole_row(utterance, speaker, with_globals=self._rng.random() < stage.globals)

    def _grouped(self, rows: list[Row]) -> list[list[Row]]:
        groups: list[list[Row]] = [[]]
        for row in rows:
            if groups[-1] and (len(groups[-1]) + 1) * len(row.ids) > self._tokens:
                groups.append([])
            groups[-1].append(row)
        return groups
