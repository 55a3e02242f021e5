"""Evidence for each visit of the best path through a chunk: what the scores along the path say of it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.alignment.again import NO_GAIN, gain_of_two
from core.alignment.reading import Reading, Visit
from core.alignment.trellis import Trellis


def read(
    trellis: Trellis, path: Sequence[int], visits: Sequence[Visit], letters: Sequence[int], least_gain: float
) -> list[Reading]:
    """Return the readings of the visits of a path from token 0 on. `letters`: of each word.

    A gain below `least_gain` may be given as NO_GAIN.
    """
    states, deficits = np.array(path, np.int64), trellis.deficits(path)
    readings: list[Reading] = []
    for visit in visits:
        own = deficits[visit.start : visit.end]
        deficit, left_out, gain, again = float(own.sum()), 0, NO_GAIN, 0
        if visit.word is not None:
            left_out = letters[visit.word] - _heard_letters(states[visit.start : visit.end])
            gain, again = _gain(trellis, visit, letters[visit.word], float(own[1:].sum()), least_gain)
        readings.append(Reading(visit, deficit, left_out, gain, again))
    return readings


def _heard_letters(states: npt.NDArray[np.int64]) -> int:
    """Return the letters of a word in the states of a visit, of which the first two are the first letter's."""
    heard = 1 + int(np.count_nonzero(states[1:] != states[:-1]))
    return heard - (len(states) > 1 and bool((states == states[0] + 1).any()))


def _gain(trellis: Trellis, visit: Visit, letters: int, deficit: float, least: float) -> tuple[float, int]:
    """Return the gain of the word said twice in the tokens of a visit, and the token where it is said again.

    `deficit`: of the tokens after the first. Where no letter is left out, saying the word again gains no more than
    that, less what the best place for its beginning costs. Where this is too little, nothing else is computed.
    """
    assert visit.word is not None
    begin, onset = visit.start + 1, int(trellis.states.onsets[visit.word])
    if begin >= visit.end:
        return NO_GAIN, 0
    onsets = trellis.fits(begin, visit.end, slice(onset, onset + 1))[:, 0]
    if float((onsets - trellis.best_units(begin, visit.end)).max()) + deficit < least:
        return NO_GAIN, 0
    gain, again = gain_of_two(trellis.fits(visit.start, visit.end, slice(onset, onset + letters + 1)))
    return gain, visit.start + again
