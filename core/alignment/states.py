"""States of a chunk's alignment: its letters in order, with an optional silence before, between and after its words.

A letter owns the tokens in which it sounds; the first letter of a word has two states, its onset (the word's first
token), and the rest. From one token to the next a path stays, goes on to the next state, or leaves one state out: a
silence between words or the rest of a first letter for nothing, another letter at the cost SKIP. It stays in no onset.
A word of one letter may be a single token, so nothing but the rest of its letter, its tail, stands between its onset
and the next one: the tail is the silence after the word too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

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
    letters = np.array([len(word) for word in words], np.int64)
    long = letters > 1
    sizes = np.where(long, letters + 2, 2)  # onset, letters, silence; onset and tail of a word of one letter
    ends = 1 + np.cumsum(sizes)
    onsets = ends - sizes
    count = 1 + int(sizes.sum())
    firsts = np.cumsum(letters) - letters
    flat = np.fromiter(chain.from_iterable(words), np.int64)
    units = np.full(count, SILENCE)
    units[onsets] = flat[firsts]
    units[np.arange(len(flat)) + np.repeat(onsets + 1 - firsts, letters)] = flat
    owners = np.concatenate(([0], np.repeat(np.arange(len(words)), sizes)))
    owners[ends[long] - 1] += 1
    skips = np.full(count, SKIP, np.float32)
    skips[0] = NEVER
    skips[onsets] = 0.0
    skips[onsets[:1]] = NEVER
    skips[onsets + 1] = NEVER
    skips[onsets[long] + 2] = 0.0  # the second letter: into it from the onset
    return States(units, owners, skips, onsets, onsets[~long] + 1)
