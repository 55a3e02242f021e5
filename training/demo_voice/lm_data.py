"""Batches for the language model: whole rows in the format, or phone onsets alone at their places."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from training.demo_voice.codes import FRAMES_PER_PHONE, SPEAKERS, Speaker, codes
from training.demo_voice.vocabulary import ENDING, SEMANTIC_0, globals_and_start, prompt

IGNORED = -100


@dataclass(frozen=True, slots=True)
class Utterance:
    speaker: Speaker
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


def load(work: Path) -> list[Utterance]:
    utterances = []
    for speaker in SPEAKERS:
        with np.load(work / f"timings_{speaker.id}.npz") as data:
            offsets, phones, frames = data["offsets"], data["phones"].tolist(), data["frames"].tolist()
            for i, text in enumerate(data["texts"].tolist()):
                a, b = int(offsets[i]), int(offsets[i + 1])
                utterances.append(Utterance(speaker, text, phones[a:b], frames[a:b]))
    return utterances


def whole_row(utterance: Utterance, *, with_globals: bool = True) -> Row:
    """The full format: prompt, globals, every semantic token, both stop tokens.

    Without globals the rest keeps its positions: a sixth of the work saved, for globals say nothing but the name again.
    """
    head = prompt(utterance.speaker, utterance.text)
    voice = globals_and_start(utterance.speaker)
    tail = [*(SEMANTIC_0 + code for code in codes(utterance.phones, utterance.frames)), *ENDING]
    positions = list(range(len(head) + len(voice) + len(tail)))
    if with_globals:
        return Row([*head, *voice, *tail], positions, [IGNORED] * len(head) + voice + tail)
    del positions[len(head) : len(head) + len(voice) - 1]
    return Row([*head, voice[-1], *tail], positions, [IGNORED] * (len(head) + 1) + tail)


def onset_row(utterance: Utterance) -> Row:
    """Only the first token of each phone, at the position it has in the full format; no globals.

    A quarter of the length, so that reading is learned on several times as many words.
    """
    head, voice = prompt(utterance.speaker, utterance.text), globals_and_start(utterance.speaker)
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
    """Endless passes over the utterances in random order, in batches of about `tokens` tokens of like lengths."""

    def __init__(self, utterances: list[Utterance], tokens: int, seed: int) -> None:
        self._utterances = utterances
        self._tokens = tokens
        self._rng = random.Random(seed)

    def batches(self, *, text_limit: int, global_share: float | None) -> Iterator[Batch]:
        """`global_share`: how many of the rows hold their globals; None means phone onsets only."""
        chosen = [u for u in self._utterances if len(u.text) <= text_limit]

        def build(utterance: Utterance) -> Row:
            if global_share is None:
                return onset_row(utterance)
            return whole_row(utterance, with_globals=self._rng.random() < global_share)

        while True:
            self._rng.shuffle(chosen)
            for i in range(0, len(chosen), 1024):
                rows = sorted((build(u) for u in chosen[i : i + 1024]), key=lambda row: len(row.ids))
                groups = self._grouped(rows)
                self._rng.shuffle(groups)
                yield from (collate(group) for group in groups)

    def _grouped(self, rows: list[Row]) -> list[list[Row]]:
        groups: list[list[Row]] = [[]]
        for row in rows:
            if groups[-1] and (len(groups[-1]) + 1) * len(row.ids) > self._tokens:
                groups.append([])
            groups[-1].append(row)
        return groups
