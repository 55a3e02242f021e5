"""Evidence for each visit of the best path through a chunk: what the scores along the path say of it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.alignment.again import NO_GAIN, Buffers, gain_of_two
from core.alignment.reading import Reading, Visit
from core.alignment.trellis import Fits

Ints = npt.NDArray[np.int64]


def read(
    fits: Fits,
    onsets: Ints,
    path: Sequence[int],
    visits: Sequence[Visit],
    letters: Sequence[int],
    least_gain: float,
    buffers: Buffers,
) -> list[Reading]:
    """Return the readings of the visits of a path from token 0 on.

    `onsets`: first state of each word. `letters`: of each word. A gain below `least_gain` may be given as NO_GAIN.
    `buffers`: of a width.
    """
    if not visits:
        return []
    own = fits.states[np.arange(len(path)), path]
    lost = np.maximum(fits.best - own, 0).tolist()
    readings: list[Reading] = []
    for visit in visits:
        start, end, word = visit.start, visit.end, visit.word
        deficit = sum(lost[start:end])
        left_out, gain, again = 0, NO_GAIN, 0
        if word is not None:
            left_out = letters[word] - visit.letters
            first, least = int(onsets[word]), least_gain - deficit + lost[start]
            if _may_begin(fits, first, visit, least):
                gain, again = gain_of_two(fits.states[start:end, first : first + letters[word] + 1], buffers)
                again += start
        readings.append(Reading(visit, deficit, left_out, gain, again))
    return readings


def _may_begin(fits: Fits, first: int, visit: Visit, least: float) -> bool:
    """Report whether a word may gain `least` by beginning again inside a visit. `first`: first state of the word.

    Where no letter is left out, saying the word again gains no more than its deficit after the first token, less what
    the best place for its beginning costs: at best the logit of an onset.
    """
    inner = slice(visit.start + 1, visit.end)
    if max(fits.onsets[inner], default=least - 1) < least:
        return False
    return bool((fits.states[inner, first] - fits.best[inner]).max() >= least)
