"""Mix voices: the weighted average of their global tokens on the FSQ grid, rounded to the grid. Arithmetic alone."""

from collections.abc import Sequence
from itertools import accumulate
from operator import mul

import numpy as np

TIE = 1e-9
"""Distance from a half below which an average counts as one: above the rounding of float64."""


def mix_tokens(voices: Sequence[Sequence[int]], weights: Sequence[float], levels: Sequence[int]) -> tuple[int, ...]:
    """Return the global tokens (N,) of a mix of `voices` (V, N) with positive `weights` (V,).

    A token is a point of a grid with `levels` steps in each dimension, and a voice's latents are a linear function of
    these points. So the average of the points is the average of the latents. An average half-way between two steps
    becomes the one nearer to the first voice.
    """
    basis = np.array([1, *accumulate(levels[:-1], mul)])
    digits = np.asarray(voices)[..., None] // basis % np.asarray(levels)
    share = np.asarray(weights, np.float64) / np.sum(weights)
    average = np.tensordot(share, digits, axes=1)
    towards_first = np.sign(digits[0] - average) * TIE
    mixed = np.floor(average + 0.5 + towards_first).astype(np.int64)
    return tuple((mixed * basis).sum(-1).tolist())
