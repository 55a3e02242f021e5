"""Batches for the language model: whole rows in the format, or phone onsets alone at their places."""

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


SHARES = {"en": 0.52, "hi": 0.18, "te": 0.18, "hi-en": 0.06, "te-en": 0.06}
"""Of the rows, whatever there is of each language."""
JOINED_SHARE, LONGEST, PAUSE_FRAMES = 0.4, 118, (9, 10, 11, 12)
"""So many of the English rows are two lines, up to LONGEST characters, with a pause of so many frames between them."""


class Stage(NamedTuple):
    """Up to a share of the budget: the longest text, the share of phone onsets alone, and of globals in other rows."""

    until: float
    text_limit: int
    onsets: float
    globals: float


@dataclass(frozen=True, slots=True)
class Utterance:
    text: str
    phones: list[int]
    frames: list[int]


@dataclass(frozen=True, slots=True)
class Row:
    """One training sequence: token ids, their positions, and what is to be predicted (IGNORED in the prompt)."""

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
    """By language, those whose timings are there."""
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
    """Two lines said one after the other; phone 0 is the pause that each begins and ends with."""
    return Utterance(
        f"{first.text} {second.text}",
        [*first.phones[:-1], 0, *second.phones[1:]],
        [*first.frames[:-1], pause, *second.frames[1:]],
    )


def whole_row(utterance: Utterance, speaker: Speaker, *, with_globals: bool = True) -> Row:
    """The full format: prompt, globals, every semantic token, both stop tokens.

    Without globals the rest keeps its positions: a sixth of the work saved, for globals say nothing but the name again.
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
    """Only the first token of each phone, at the position it has in the full format; no globals.

    A quarter of the length, so that reading is learned on several times as many words.
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
    """Pads on the right (causal attention needs no mask there) and shifts the labels."""
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
    """Endless rows in the languages' SHARES, in batches of about `tokens` tokens of like lengths."""

    def __init__(self, utterances: dict[str, list[Utterance]], tokens: int, seed: int) -> None:
        self._utterances = utterances
        self._tokens = tokens
        self._rng = random.Random(seed)

    def batches(self, stage: Stage) -> Iterator[Batch]:
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
