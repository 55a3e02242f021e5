"""Evidence for each visit of the best path through a chunk: what the scores along the path say of it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.alignment.again import NO_GAIN, gain_of_two
from core.alignment.network import Floats
from core.alignment.reading import Reading, Visit
from core.alignment.states import NEVER
from core.alignment.trellis import Fits

Ints = npt.NDArray[np.int64]


def read(
    fits: Fits, onsets: Ints, path: Sequence[int], visits: Sequence[Visit], letters: Sequence[int], least_gain: float
) -> list[Reading]:
    """Return the readings of the visits of a path from token 0 on.

    `onsets`: first state of each word. `letters`: of each word. A gain below `least_gain` may be given as NO_GAIN.
    """
    if not visits:
        return []
    states = np.array(path)
    bounds = np.array([(visit.start, visit.end) for visit in visits])
    lost = np.zeros(len(path) + 1, np.float32)
    np.maximum(fits.best - fits.states[np.arange(len(path)), states], 0, lost[:-1])
    deficits = np.add.reduceat(lost, bounds.ravel())[::2]
    firsts = [0 if visit.word is None else int(onsets[visit.word]) for visit in visits]
    most = _most_gains(fits, bounds, np.array(firsts)) + (deficits - lost[bounds[:, 0]])
    rows = zip(visits, firsts, deficits.tolist(), _heard(states, bounds), most.tolist(), strict=True)
    readings: list[Reading] = []
    for visit, first, deficit, heard, most_gain in rows:
        left_out, gain, again = 0, NO_GAIN, 0
        if visit.word is not None:
            left_out = letters[visit.word] - heard
            if most_gain >= least_gain:
                own = slice(first, first + letters[visit.word] + 1)
                gain, again = gain_of_two(fits.states[visit.start : visit.end, own])
                again += visit.start
        readings.append(Reading(visit, deficit, left_out, gain, again))
    return readings


def _heard(path: Ints, bounds: Ints) -> list[int]:
    """Return the letters that a path has in each visit."""
    starts, lasts = bounds[:, 0], bounds[:, 1] - 1
    steps = np.zeros(len(path), np.int64)  # into each token
    np.subtract(path[1:], path[:-1], steps[1:])
    changes = (steps != 0).cumsum()
    first_letters = (lasts > starts) & (steps[np.minimum(starts + 1, lasts)] == 1)  # which have two states
    heard: list[int] = (1 + changes[lasts] - changes[starts] - first_letters).tolist()
    return heard


def _most_gains(fits: Fits, bounds: Ints, firsts: Ints) -> Floats:
    """Return a bound of the gain of each visit's word, said twice in its tokens, without its deficit.

    `firsts`: first state of the word. Where no letter is left out, saying the word again gains no more than its deficit
    after the first token, less what the best place for its beginning costs. NEVER for a single token.
    """
    starts, ends = bounds.T
    begins = np.full(len(fits.best) + 1, NEVER, np.float32)
    visits = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))  # of the tokens up to the last one's end
    tokens = np.arange(len(visits))
    begins[: len(visits)] = fits.states[tokens, firsts[visits]] - fits.best[: len(visits)]
    begins[starts] = NEVER
    most: Floats = np.maximum.reduceat(begins, bounds.ravel())[::2]
    return most
