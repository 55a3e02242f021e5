"""States of a chunk's alignment: its letters in order, with an optional silence before, between and after its words.

A letter owns the tokens in which it sounds; the first letter of a word has two states, its onset (the word's first
token), and the rest. From one token to the next a path stays, goes on to the next state, or leaves one state out: a
silence between words or the rest of a first letter for nothing, another letter at the cost SKIP. It stays in no onset.
A word of one letter may be a single token, so nothing but the rest of its letter, its tail, stands between its onset
and the next one: the tail is the silence after the word too.
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
    the end). `skips`: score of a step from two states before. `onsets`: first state of each word, [W]. `tails`: states
    that are a letter or silence.
    """

    units: npt.NDArray[np.int64]
    words: npt.NDArray[np.int64]
    skips: npt.NDArray[np.float32]
    onsets: npt.NDArray[np.int64]
    tails: npt.NDArray[np.int64]

    @property
    def count(self) -> int:
        return len(self.units)


def lay_out(words: Sequence[Sequence[int]]) -> States:
    """Return the states of words, each a row of units."""
    units, owners, skips = [SILENCE], [0], [NEVER]
    onsets, tails = list[int](), list[int]()
    for index, letters in enumerate(words):
        onsets.append(len(units))
        # into the onset, the rest of the first letter, the second letter, and what follows that
        skips += [0.0 if index else NEVER, NEVER]
        if len(letters) == 1:
            tails.append(len(units) + 1)
            units += [letters[0], letters[0]]
            owners += [index, index]
        else:
            units += [letters[0], *letters, SILENCE]
            owners += [index] * (len(letters) + 1) + [index + 1]
            skips += [0.0, *[SKIP] * (len(letters) - 1)]
    arrays = (np.array(each, np.int64) for each in (onsets, tails))
    return States(np.array(units), np.array(owners), np.array(skips, np.float32), *arrays)
