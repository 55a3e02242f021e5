"""States of a chunk's alignment: its letters in order, with an optional silence before, between and after its words.

A letter owns the tokens in which it sounds. From one token to the next a path stays, goes on to the next state, or
leaves one state out: a silence between words for nothing, a letter at the cost SKIP.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.alignment.units import SILENCE

SKIP = -2.0
"""Logarithmic score of a letter that is left out: letters that are not heard. Chosen."""
NEVER = -1e9
"""Score of what cannot be."""


@dataclass(frozen=True, slots=True)
class States:
    """Arrays [S]. `units`: the unit of each state. `words`: its word, of a silence the word after it (their number at
    the end). `skips`: score of a step from two states before. `firsts`: first state of each word, [W].
    """

    units: npt.NDArray[np.int64]
    words: npt.NDArray[np.int64]
    skips: npt.NDArray[np.float32]
    firsts: npt.NDArray[np.int64]

    @property
    def count(self) -> int:
        return len(self.units)


def lay_out(words: Sequence[Sequence[int]]) -> States:
    """Return the states of words, each a row of units."""
    units, owners, skips, firsts = [SILENCE], [0], [NEVER], []
    length_before = 0
    for index, letters in enumerate(words):
        firsts.append(len(units))
        units += [*letters, SILENCE]
        owners += [index] * len(letters) + [index + 1]
        first = 0.0 if length_before else NEVER
        skips += [first, *[SKIP] * (len(letters) - 1), SKIP if len(letters) > 1 else NEVER]
        length_before = len(letters)
    return States(np.array(units), np.array(owners), np.array(skips, np.float32), np.array(firsts, np.int64))
