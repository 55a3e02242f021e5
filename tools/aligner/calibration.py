"""Standard of a checkpoint's verdicts, from pairs: how many tokens its letters take, how badly words may fit, and how
much must speak for a word that is left out or said again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from core.alignment.again import NO_GAIN
from core.alignment.aligner import TokenAligner
from core.alignment.reading import Reading, Standard, judge, pace_of, word_scores
from tools.aligner.batches import word_spans
from tools.aligner.pairs import Pair

QUIET_SHARE = 0.995
"""Share of pairs in which no word may score an alarm. Chosen: half of the false alarms that are allowed (1 %)."""
LEAST_ALARM = 2.0
"""Lowest threshold, for few pairs or perfect ones. Chosen: words without their tokens score 3 or more."""
LEAST_AGAIN = -2.5
"""Lowest gain from which a word counts as said twice. Chosen on 800 fresh sentences (training/demo_voice/fresh.py): one
had a larger gain without a fault, and of 2,945 words said twice 12 had neither a larger one nor a jump."""
MORE_ALARMS = 0.002
"""Share of pairs that may have a fault which the strictest score of a jump does not tell. Chosen: a fifth of the false
alarms that are allowed (1 %), because words said twice are told without jumps too. The strictest may well tell faults
of the pairs."""
JUMPS = (-14.0, -12.0, -10.0, -8.0, -6.0)
"""Scores of a jump that are tried, the strictest first."""


@dataclass(frozen=True, slots=True)
class _Whole:
    """Best path through a pair, as `judge` takes it."""

    readings: list[Reading]
    letters: list[int]
    tokens: int


def calibrate(aligner: TokenAligner, pairs: Sequence[Pair]) -> Standard:
    """Return the standard that finds most faults with at most MORE_ALARMS more than the strictest."""
    fewest, chosen = len(pairs), Standard(0, LEAST_ALARM, JUMPS[0], LEAST_AGAIN)
    for jump in JUMPS:
        wholes = [_read(aligner, pair, jump) for pair in pairs]
        standard = _standard(wholes, jump)
        alarms = sum(bool(judge(one.readings, one.letters, one.tokens, standard).faults) for one in wholes)
        fewest = min(fewest, alarms)
        if alarms > fewest + MORE_ALARMS * len(pairs):
            break
        chosen = standard
    return chosen


def _read(aligner: TokenAligner, pair: Pair, jump: float) -> _Whole:
    lenient = TokenAligner(aligner.network, Standard(pace=0, alarm=np.inf, jump=jump, again=LEAST_AGAIN))
    chunk = lenient.chunk(pair.text, word_spans(pair.text))
    chunk.feed(pair.tokens)
    chunk.finish()
    return _Whole(chunk.readings(), chunk.letters, len(pair.tokens))


def _standard(wholes: Sequence[_Whole], jump: float) -> Standard:
    """Return the standard by which QUIET_SHARE of the pairs have no word that scores an alarm, and none said twice."""
    visits = [(reading.visit, one.letters) for one in wholes for reading in one.readings]
    paces = [
        pace_of(visit.end - visit.start, letters[visit.word]) for visit, letters in visits if visit.word is not None
    ]
    pace = float(median(paces)) if paces else 0.0
    spoken = [([reading for reading in one.readings if reading.visit.word is not None], one.letters) for one in wholes]
    scores = [max(word_scores(readings, letters, pace), default=0.0) for readings, letters in spoken]
    gains = [max((reading.gain for reading in readings), default=NO_GAIN) for readings, _ in spoken]
    alarm, again = (float(np.quantile(worst, QUIET_SHARE)) for worst in (scores, gains))
    return Standard(pace, max(LEAST_ALARM, alarm), jump, max(LEAST_AGAIN, again))
