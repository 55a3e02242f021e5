"""Reading of a whole chunk: which words were spoken once and in order, by the best path with jumps.

A path names most faults itself: words that it jumps over, enters again, or leaves for the state "foreign". A word that
it squeezes into tokens of other words is found by its deficit (how far its letters score below the best units there),
by its haste (it has fewer tokens a letter than spoken words), and by the letters that the path leaves out. A short word
said twice, which the path says once, is found by a second look (core/alignment/again.py).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from core.alignment.protocol import Fault, FaultKind, Verdict

LEAST_TOKENS = 5
"""Tokens over which a shorter word's deficit is averaged, because one token says little: an "a" has two. Chosen on
fresh sentences: 4 has two more false alarms in 1,000 of them, 8 finds fewer replaced words."""
SHORT_TAIL = 12
"""Tokens of sound behind the last word below which it is the end of that word. Chosen."""
HASTE, HASTE_WEIGHT = 0.45, 2.0
"""Logarithm of the haste from which a word's shortness counts, and its weight against a nat of deficit a token. Chosen
by measurement: a word whose tokens are missing has 0.5 tokens a letter, a spoken one 4.4, but a "the" in a hurry 1."""
LEFT_OUT, LEFT_OUT_WEIGHT = 0.4, 6.0
"""Share of a word's letters from which those left out count, and their weight against a nat of deficit a token. Chosen
on fresh sentences (training/demo_voice/fresh.py): spoken words leave out 40 % of their letters at most."""
LEAST_WORDS = 4
"""Words from which a chunk has a pace of its own. Chosen."""


class Visit(NamedTuple):
    """Stay of a path in a word, or outside the text (`word` None): tokens [start, end), with `letters` letters."""

    word: int | None
    start: int
    end: int
    letters: int


class Reading(NamedTuple):
    """Visit with what the scores say of it. `deficit`: sum over its tokens of how far each scores below the best unit.

    `left_out`: letters of the word that the path leaves out. `gain`: score of the word said twice, less that of the
    word said once; `again`: token at which it would be said again.
    """

    visit: Visit
    deficit: float
    left_out: int
    gain: float
    again: int


@dataclass(frozen=True, slots=True)
class Standard:
    """Standard by which words are judged, from pairs of the checkpoint. `pace`: mean logarithm of tokens a letter, as
    `pace_of` counts; `alarm`: score from which a word counts as not spoken; `jump`: score of a path's jump to a word
    that is not the next one, and into the state "foreign" (core/alignment/trellis.py); `again`: gain from which a word
    counts as said twice.
    """

    pace: float
    alarm: float
    jump: float
    again: float


def pace_of(tokens: int, letters: int) -> float:
    """Return the logarithm of a word's tokens a letter, of which short words have more."""
    return math.log((tokens + 2) / (letters + 1))


def word_scores(readings: Sequence[Reading], letters: Sequence[int], pace: float) -> list[float]:
    """Return the score of each visit, 0 for a word that was spoken without doubt.

    `letters`: of each word. A chunk that is spoken faster than `pace` is judged by its own.
    """
    paces = [_pace(reading.visit, letters, pace) for reading in readings]
    if len(paces) >= LEAST_WORDS:
        pace = min(pace, median(paces))
    return [
        reading.deficit / max(LEAST_TOKENS, reading.visit.end - reading.visit.start)
        + HASTE_WEIGHT * max(0.0, pace - HASTE - own)
        + LEFT_OUT_WEIGHT * max(0.0, _share_left_out(reading, letters) - LEFT_OUT)
        for reading, own in zip(readings, paces, strict=True)
    ]


def _pace(visit: Visit, letters: Sequence[int], usual: float) -> float:
    return usual if visit.word is None else pace_of(visit.end - visit.start, letters[visit.word])


def _share_left_out(reading: Reading, letters: Sequence[int]) -> float:
    return 0.0 if reading.visit.word is None else reading.left_out / letters[reading.visit.word]


def judge(readings: Sequence[Reading], letters: Sequence[int], tokens: int, standard: Standard) -> Verdict:
    """Return the verdict on the path of a chunk with `tokens` tokens; arguments as for `word_scores`."""
    faults: list[Fault] = []
    words, place, last_end = len(letters), 0, 0
    spoken = [0] * words
    for reading, score in zip(readings, word_scores(readings, letters, standard.pace), strict=True):
        visit = reading.visit
        if visit.word is None:
            if place < words:
                faults.append(Fault(FaultKind.FOREIGN, visit.start, visit.end, range(place, place + 1)))
            elif visit.end - visit.start >= SHORT_TAIL:
                faults.append(Fault(FaultKind.TAIL, visit.start, visit.end, range(place, place)))
            continue
        if score > standard.alarm:
            continue
        if visit.word < place:
            faults.append(Fault(FaultKind.REPEATED, visit.start, visit.end, range(visit.word, visit.word + 1)))
        elif visit.word > place:
            faults.append(Fault(FaultKind.OMITTED, visit.start, visit.start, range(place, visit.word)))
        if reading.gain > standard.again:
            faults.append(Fault(FaultKind.REPEATED, reading.again, visit.end, range(visit.word, visit.word + 1)))
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
