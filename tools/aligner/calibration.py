"""Standard of a checkpoint's verdicts, from pairs: how many tokens its letters take, how badly words may fit, and how
much must speak for a word that is left out or said again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from core.alignment.again import NO_GAIN
from core.alignment.aligner import TokenAligner
from core.alignment.reading import Reading, Standard, judge, pace_of
from tools.aligner.batches import word_spans
from tools.aligner.pairs import Pair

QUIET_SHARE = 0.995
"""Share of pairs in which no word may count as said twice. Chosen: half of the false alarms that are allowed (1 %)."""
ALARMS = (2.0, 2.25, 2.5, 2.75, 3.0, 3.5, 4.0)
"""Scores of a word that are tried as the alarm. Chosen: words without their tokens score 3 or more, and hardly a spoken
word scores more than 2."""
LEAST_AGAIN = -2.5
"""Lowest gain from which a word counts as said twice. Chosen on 800 fresh sentences (training/demo_voice/fresh.py): one
had a larger gain without a fault, and of 2,945 words said twice 12 had neither a larger one nor a jump."""
MORE_ALARMS = 0.003
"""Share of pairs that may have a fault which the quietest standard does not tell. Chosen: a third of the false alarms
that are allowed (1 %), because the quietest one has some too."""
JUMPS = (-14.0, -12.0, -10.0, -8.0, -6.0)
"""Scores of a jump that are tried."""


@dataclass(frozen=True, slots=True)
class _Whole:
    """Best path through a pair, as `judge` takes it."""

    readings: list[Reading]
    letters: list[int]
    tokens: int


def calibrate(aligner: TokenAligner, pairs: Sequence[Pair]) -> Standard:
    """Return the standard with the lowest alarm, and of these with the loosest jump, that is quiet enough; its alarm is
    one step higher, because the counts of a few hundred pairs are uncertain.

    At most MORE_ALARMS more of the pairs have a fault by it than by the one by which fewest have. A low alarm finds
    more faults than a loose jump.
    """
    tried: list[tuple[Standard, int]] = []
    for jump in JUMPS:
        wholes = [_read(aligner, pair, jump) for pair in pairs]
        pace, again = _pace(wholes), _again(wholes)
        standards = [Standard(pace, alarm, jump, again) for alarm in ALARMS]
        tried += [(standard, _alarms(wholes, standard)) for standard in standards]
    most = min(count for _, count in tried) + MORE_ALARMS * len(pairs)
    lowest = min((one for one, count in tried if count <= most), key=lambda one: (one.alarm, -one.jump))
    return replace(lowest, alarm=ALARMS[min(ALARMS.index(lowest.alarm) + 1, len(ALARMS) - 1)])


def _read(aligner: TokenAligner, pair: Pair, jump: float) -> _Whole:
    lenient = TokenAligner(aligner.network, Standard(pace=0, alarm=np.inf, jump=jump, again=LEAST_AGAIN))
    chunk = lenient.chunk(pair.text, word_spans(pair.text))
    chunk.feed(pair.tokens)
    chunk.finish()
    return _Whole(chunk.readings(), chunk.letters, len(pair.tokens))


def _alarms(wholes: Sequence[_Whole], standard: Standard) -> int:
    """Return the number of pairs that have a fault by a standard."""
    return sum(bool(judge(one.readings, one.letters, one.tokens, standard).faults) for one in wholes)


def _pace(wholes: Sequence[_Whole]) -> float:
    visits = [(reading.visit, one.letters) for one in wholes for reading in one.readings]
    paces = [pace_of(each.end - each.start, letters[each.word]) for each, letters in visits if each.word is not None]
    return float(median(paces)) if paces else 0.0


def _again(wholes: Sequence[_Whole]) -> float:
    """Return the gain that no word of QUIET_SHARE of the pairs has, at least LEAST_AGAIN."""
    gains = [max((reading.gain for reading in one.readings), default=NO_GAIN) for one in wholes]
    return max(LEAST_AGAIN, float(np.quantile(gains, QUIET_SHARE)))
