"""Standard of a checkpoint's verdicts, from pairs: how many tokens its letters take, and how badly words may fit."""

from collections.abc import Sequence
from statistics import median

import numpy as np

from core.alignment.aligner import TokenAligner
from core.alignment.reading import Standard, pace_of, word_scores
from tools.aligner.batches import word_spans
from tools.aligner.pairs import Pair

QUIET_SHARE = 0.995
"""Share of pairs in which no word may score an alarm. Chosen: half of the false alarms that are allowed (1 %)."""
LEAST_ALARM = 2.0
"""Lowest threshold, for few pairs or perfect ones. Chosen: words without their tokens score 3 or more."""


def calibrate(aligner: TokenAligner, pairs: Sequence[Pair]) -> Standard:
    """Return the standard by which QUIET_SHARE of the pairs, which are taken as faultless, have no alarm."""
    readings, paces = [], []
    for pair in pairs:
        chunk = aligner.chunk(pair.text, word_spans(pair.text))
        chunk.feed(pair.tokens)
        chunk.finish()
        visits, deficits = chunk.reading()
        spoken = [visit for visit in visits if visit.word is not None]
        readings.append((spoken, deficits, chunk.letters))
        paces += [pace_of(one.end - one.start, chunk.letters[one.word]) for one in spoken if one.word is not None]
    pace = float(median(paces)) if paces else 0.0
    worst = [max(word_scores(visits, deficits, letters, pace), default=0.0) for visits, deficits, letters in readings]
    return Standard(pace, max(LEAST_ALARM, float(np.quantile(worst, QUIET_SHARE))))
