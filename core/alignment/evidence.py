"""Evidence for each visit of the best path through a chunk: what the scores along the path say of it."""

from collections.abc import Sequence
from itertools import accumulate
from operator import ne

from core.alignment.again import NO_GAIN, gain_of_two
from core.alignment.reading import Reading, Visit
from core.alignment.trellis import Trellis


def read(
    trellis: Trellis, path: Sequence[int], visits: Sequence[Visit], letters: Sequence[int], least_gain: float
) -> list[Reading]:
    """Return the readings of the visits of a path from token 0 on. `letters`: of each word.

    A gain below `least_gain` may be given as NO_GAIN.
    """
    deficits, onsets = trellis.deficits(path), trellis.onsets()
    changes = [0, *accumulate(map(ne, path, path[1:]))]
    readings: list[Reading] = []
    for visit in visits:
        start, end, word = visit.start, visit.end, visit.word
        deficit, left_out, gain, again = float(deficits[start:end].sum()), 0, NO_GAIN, 0
        if word is not None:
            heard = 1 + changes[end - 1] - changes[start]
            if end - start > 1 and path[start + 1] == path[start] + 1:
                heard -= 1  # the first letter has two states
            left_out = letters[word] - heard
            # an onset scores above the best unit by no more than its logit
            if end - start > 1 and float(onsets[start + 1 : end].max()) + deficit >= least_gain:
                gain, again = _gain(trellis, visit, letters[word], deficit - float(deficits[start]), least_gain)
        readings.append(Reading(visit, deficit, left_out, gain, again))
    return readings


def _gain(trellis: Trellis, visit: Visit, letters: int, deficit: float, least: float) -> tuple[float, int]:
    """Return the gain of the word said twice in the tokens of a visit, and the token where it is said again.

    `deficit`: of the tokens after the first. Where no letter is left out, saying the word again gains no more than
    that, less what the best place for its beginning costs. Where this is too little, nothing else is computed.
    """
    assert visit.word is not None
    begin, onset = visit.start + 1, int(trellis.states.onsets[visit.word])
    begins = trellis.fits(begin, visit.end, slice(onset, onset + 1))[:, 0]
    if float((begins - trellis.best_units(begin, visit.end)).max()) + deficit < least:
        return NO_GAIN, 0
    gain, again = gain_of_two(trellis.fits(visit.start, visit.end, slice(onset, onset + letters + 1)))
    return gain, visit.start + again
