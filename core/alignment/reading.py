"""Reading of a whole chunk: which words were spoken once and in order, by the best path with jumps.

A path names most faults itself: words that it jumps over, enters again, or leaves for the state "foreign". A word that
it squeezes into tokens of other words is found by its deficit (how far its letters score below the best units there)
and by its haste: it has fewer tokens a letter than spoken words.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from core.alignment.network import Floats
from core.alignment.protocol import Fault, FaultKind, Verdict

LEAST_TOKENS = 4
"""Tokens over which a shorter word's deficit is averaged, because one token says little. Chosen."""
HASTE, HASTE_WEIGHT = 0.45, 2.0
"""Logarithm of the haste from which a word's shortness counts, and its weight against a nat of deficit a token. Chosen
by measurement: a word whose tokens are missing has 0.5 tokens a letter, a spoken one 4.4, but a "the" in a hurry 1."""
LEAST_WORDS = 4
"""Words from which a chunk has a pace of its own. Chosen."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Stay of a path in a word, or outside the text (`word` None): tokens [start, end)."""

    word: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Standard:
    """Standard by which words are judged, from pairs of the checkpoint. `pace`: mean logarithm of tokens a letter, as
    `pace_of` counts; `alarm`: score from which a word counts as not spoken; `jump`: score of a path's jump to a word
    that is not the next one, and into the state "foreign" (core/alignment/trellis.py).
    """

    pace: float
    alarm: float
    jump: float


def pace_of(tokens: int, letters: int) -> float:
    """Return the logarithm of a word's tokens a letter, of which short words have more."""
    return math.log((tokens + 2) / (letters + 1))


def word_scores(visits: Sequence[Visit], deficits: Floats, letters: Sequence[int], pace: float) -> list[float]:
    """Return the score of each visit, 0 for a word that was spoken without doubt.

    `deficits` [tokens]: of each token in the path's state. `letters`: of each word. A chunk that is spoken faster than
    `pace` is judged by its own.
    """
    paces = [
        pace_of(visit.end - visit.start, letters[visit.word]) if visit.word is not None else pace for visit in visits
    ]
    if len(paces) >= LEAST_WORDS:
        pace = min(pace, median(paces))
    return [
        float(deficits[visit.start : visit.end].sum()) / max(LEAST_TOKENS, visit.end - visit.start)
        + HASTE_WEIGHT * max(0.0, pace - HASTE - own)
        for visit, own in zip(visits, paces, strict=True)
    ]


def judge(
    visits: Sequence[Visit], deficits: Floats, letters: Sequence[int], tokens: int, standard: Standard
) -> Verdict:
    """Return the verdict on the path of a chunk with `tokens` tokens; arguments as for `word_scores`."""
    faults: list[Fault] = []
    words, place, last_end = len(letters), 0, 0
    spoken = [0] * words
    for visit, score in zip(visits, word_scores(visits, deficits, letters, standard.pace), strict=True):
        if visit.word is None:
            kind, stop = (FaultKind.TAIL, place) if place >= words else (FaultKind.FOREIGN, place + 1)
            faults.append(Fault(kind, visit.start, visit.end, range(place, stop)))
            continue
        if score > standard.alarm:
            continue
        if visit.word < place:
            faults.append(Fault(FaultKind.REPEATED, visit.start, visit.end, range(visit.word, visit.word + 1)))
        elif visit.word > place:
            faults.append(Fault(FaultKind.OMITTED, visit.start, visit.start, range(place, visit.word)))
        spoken[visit.word] += 1
        place, last_end = max(place, visit.word + 1), visit.end
    if place < words:
        faults.append(Fault(FaultKind.OMITTED, last_end, tokens, range(place, words)))
    touched = {word for fault in faults for word in fault.words}
    good = sum(count == 1 and word not in touched for word, count in enumerate(spoken))
    return Verdict(good / words if words else 1.0, tuple(_joined(faults)))


def _joined(faults: Sequence[Fault]) -> list[Fault]:
    """Return faults with neighbouring repetitions as one."""
    joined: list[Fault] = []
    for fault in faults:
        before = joined[-1] if joined else None
        if before and before.kind is fault.kind is FaultKind.REPEATED and before.words.stop == fault.words.start:
            words = range(before.words.start, fault.words.stop)
            joined[-1] = Fault(fault.kind, before.start, fault.end, words)
        else:
            joined.append(fault)
    return joined
