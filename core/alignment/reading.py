"""Reading of a whole chunk: which words were spoken once and in order, by the best path with jumps.

A path names most faults itself: words that it jumps over, enters again, or leaves for the state "foreign". A word that
it squeezes into tokens of other words is found by its deficit: how far its letters score below the best units there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.alignment.network import Floats
from core.alignment.protocol import Fault, FaultKind, Verdict

MISSING_DEFICIT = 2.5
"""Mean deficit of a token from which its word counts as not spoken. Chosen by measurement: docs/alignment.md."""
LEAST_TOKENS = 4
"""Tokens over which a shorter word's deficit is averaged, because one token says little. Chosen."""
LONGEST_SILENCE = 75
"""Tokens of one silence that are no fault: 1.5 s. Chosen: longer than any pause that a chunk's text asks for."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Stay of a path in a word, or outside the text (`word` None): tokens [start, end)."""

    word: int | None
    start: int
    end: int


def judge(visits: Sequence[Visit], deficits: Floats, words: int, tokens: int) -> Verdict:
    """Return the verdict on a path of visits; `deficits` [tokens]: of each token in the path's state."""
    faults: list[Fault] = []
    spoken = [0] * words
    place, last_end = 0, 0
    for visit in visits:
        if visit.word is None:
            final = place >= words
            kind = FaultKind.TAIL if final else FaultKind.FOREIGN
            faults.append(Fault(kind, visit.start, visit.end, range(place, place if final else place + 1)))
            continue
        if _is_missing(deficits[visit.start : visit.end]):
            continue
        if visit.word < place:
            faults.append(Fault(FaultKind.REPEATED, visit.start, visit.end, range(visit.word, visit.word + 1)))
        elif visit.word > place:
            faults.append(Fault(FaultKind.OMITTED, visit.start, visit.start, range(place, visit.word)))
        spoken[visit.word] += 1
        place = max(place, visit.word + 1)
        last_end = visit.end
    if place < words:
        faults.append(Fault(FaultKind.OMITTED, last_end, tokens, range(place, words)))
    touched = {word for fault in faults for word in fault.words}
    good = sum(count == 1 and word not in touched for word, count in enumerate(spoken))
    return Verdict(good / words if words else 1.0, tuple(_joined(faults)))


def _is_missing(deficits: Floats) -> bool:
    return float(deficits.sum()) / max(LEAST_TOKENS, len(deficits)) > MISSING_DEFICIT


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


def deficits_along(path: Sequence[int], blocks: Sequence[Floats]) -> Floats:
    """Return the deficit of each token in the path's state; `blocks`: deficits [N, states] in order."""
    return np.concatenate(blocks)[np.arange(len(path)), path] if path else np.zeros(0, np.float32)
