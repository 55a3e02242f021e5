"""Standard of a checkpoint's verdicts, from pairs: how many tokens its letters take, how badly words may fit, and how
much must speak for a word that is left out or said again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from core.alignment.aligner import TokenAligner
from core.alignment.network import Floats
from core.alignment.reading import Standard, Visit, judge, pace_of, word_scores
from tools.aligner.batches import word_spans
from tools.aligner.pairs import Pair

QUIET_SHARE = 0.995
"""Share of pairs in which no word may score an alarm. Chosen: half of the false alarms that are allowed (1 %)."""
LEAST_ALARM = 2.0
"""Lowest threshold, for few pairs or perfect ones. Chosen: words without their tokens score 3 or more."""
MORE_ALARMS = 0.01
"""Share of pairs that may have a fault which the strictest score of a jump does not tell. Chosen: the false alarms that
are allowed; rows of rare words have more of them than sentences. The strictest one may well tell faults of the pairs.
"""
JUMPS = (-14.0, -12.0, -10.0, -8.0, -6.0)
"""Scores of a jump that are tried, the strictest first."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """Best path through a pair, as `judge` takes it."""

    visits: list[Visit]
    deficits: Floats
    letters: list[int]
    tokens: int

    @property
    def spoken(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.word is not None]


def calibrate(aligner: TokenAligner, pairs: Sequence[Pair]) -> Standard:
    """Return the standard that finds most faults with at most MORE_ALARMS more than the strictest."""
    fewest, chosen = len(pairs), Standard(0, LEAST_ALARM, JUMPS[0])
    for jump in JUMPS:
        readings = [_read(aligner, pair, jump) for pair in pairs]
        standard = _standard(readings, jump)
        alarms = sum(
            bool(judge(one.visits, one.deficits, one.letters, one.tokens, standard).faults) for one in readings
        )
        fewest = min(fewest, alarms)
        if alarms > fewest + MORE_ALARMS * len(pairs):
            break
        chosen = standard
    return chosen


def _read(aligner: TokenAligner, pair: Pair, jump: float) -> _Reading:
    lenient = TokenAligner(aligner.network, Standard(pace=0, alarm=np.inf, jump=jump))
    chunk = lenient.chunk(pair.text, word_spans(pair.text))
    chunk.feed(pair.tokens)
    chunk.finish()
    return _Reading(*chunk.reading(), chunk.letters, len(pair.tokens))


def _standard(readings: Sequence[_Reading], jump: float) -> Standard:
    """Return the standard by which QUIET_SHARE of the readings have no word that scores an alarm."""
    paces = [
        pace_of(visit.end - visit.start, one.letters[visit.word])
        for one in readings
        for visit in one.visits
        if visit.word is not None
    ]
    pace = float(median(paces)) if paces else 0.0
    worst = [max(word_scores(one.spoken, one.deficits, one.letters, pace), default=0.0) for one in readings]
    return Standard(pace, max(LEAST_ALARM, float(np.quantile(worst, QUIET_SHARE))), jump)
