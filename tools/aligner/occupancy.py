"""Share of each token that each state owns, over all paths through a text (forward-backward algorithm)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_LEAST, _NEVER = 1e-300, np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths through the states of B texts, padded to T tokens and S states.

    `tokens` and `states` [B]: lengths. `skips` [B, S]: logarithmic scores of steps from two states before. `onsets`
    [B, S]: states of one token. `allowed` [B, T, S]: tokens that each state may own.
    """

    tokens: npt.NDArray[np.int64]
    states: npt.NDArray[np.int64]
    skips: npt.NDArray[np.float32]
    onsets: npt.NDArray[np.bool_]
    allowed: npt.NDArray[np.bool_]


def occupancy(scores: npt.NDArray[np.float32], paths: Paths) -> npt.NDArray[np.float32]:
    """Return shares [B, T, S], which sum to 1 for each token of a text that has a path, and are 0 elsewhere.

    `scores` [B, T, S]: logarithms. Probabilities are scaled to sum 1 at each token, so that they stay in the range of
    float64.
    """
    batch, length, width = scores.shape
    scores = np.where(paths.allowed, scores, _NEVER)
    weights = np.exp((scores - scores.max(2, keepdims=True)).astype(np.float64))
    weights = (weights * paths.allowed).transpose(1, 0, 2).copy()
    skip, stay = np.exp(paths.skips.astype(np.float64)), (~paths.onsets).astype(np.float64)
    ahead = np.zeros((length, batch, width + 2))
    ahead[0, :, 2:4] = weights[0, :, :2]
    for at in range(1, length):
        before = ahead[at - 1]
        now = ahead[at, :, 2:]
        np.multiply(before[:, :-2], skip, out=now)
        now += before[:, 1:-1]
        now += before[:, 2:] * stay
        now *= weights[at]
        now /= np.maximum(now.sum(1, keepdims=True), _LEAST)
    shares = _after(weights, skip, stay, paths) * ahead[:, :, 2:]
    shares /= np.maximum(shares.sum(2, keepdims=True), _LEAST)
    return shares.transpose(1, 0, 2).astype(np.float32)


def _after(
    weights: npt.NDArray[np.float64], skip: npt.NDArray[np.float64], stay: npt.NDArray[np.float64], paths: Paths
) -> npt.NDArray[np.float64]:
    """Return the scaled probabilities [T, B, S] of all that follows a token, given its state."""
    length, batch, _ = weights.shape
    after = np.zeros_like(weights)
    rows = np.arange(batch)
    for at in range(length - 1, -1, -1):
        if at < length - 1:
            later = after[at + 1] * weights[at + 1]
            now = after[at]
            now += later * stay
            now[:, :-1] += later[:, 1:]
            now[:, :-2] += (later * skip)[:, 2:]
            now /= np.maximum(now.max(1, keepdims=True), _LEAST)
        ending = rows[paths.tokens == at + 1]
        last = paths.states[ending] - 1
        after[at, ending, last] = after[at, ending, last - 1] = 1
    return after
