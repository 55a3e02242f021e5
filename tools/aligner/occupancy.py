"""Share of each token that each state owns, over all paths through a text (forward-backward algorithm)."""

import numpy as np
import numpy.typing as npt

_LEAST = 1e-300


def occupancy(
    scores: npt.NDArray[np.float32],
    skips: npt.NDArray[np.float32],
    tokens: npt.NDArray[np.int64],
    states: npt.NDArray[np.int64],
) -> npt.NDArray[np.float32]:
    """Return shares [B, T, S], which sum to 1 for each token of a text that has a path, and are 0 elsewhere.

    `scores` [B, T, S] of states, `skips` [B, S] of steps from two states before, both logarithms; `tokens` and `states`
    [B]: lengths. Probabilities are scaled to sum 1 at each token, so that they stay in the range of float64.
    """
    batch, length, width = scores.shape
    weights = np.exp((scores - scores.max(2, keepdims=True)).astype(np.float64)).transpose(1, 0, 2).copy()
    skip = np.exp(skips.astype(np.float64))
    ahead = np.zeros((length, batch, width + 2))
    ahead[0, :, 2:4] = weights[0, :, :2]
    for at in range(1, length):
        before = ahead[at - 1]
        now = ahead[at, :, 2:]
        np.multiply(before[:, :-2], skip, out=now)
        now += before[:, 1:-1]
        now += before[:, 2:]
        now *= weights[at]
        now /= np.maximum(now.sum(1, keepdims=True), _LEAST)
    shares = _after(weights, skip, tokens, states) * ahead[:, :, 2:]
    shares /= np.maximum(shares.sum(2, keepdims=True), _LEAST)
    return shares.transpose(1, 0, 2).astype(np.float32)


def _after(
    weights: npt.NDArray[np.float64],
    skip: npt.NDArray[np.float64],
    tokens: npt.NDArray[np.int64],
    states: npt.NDArray[np.int64],
) -> npt.NDArray[np.float64]:
    """Return the scaled probabilities [T, B, S] of all that follows a token, given its state."""
    length, batch, _ = weights.shape
    after = np.zeros_like(weights)
    rows = np.arange(batch)
    for at in range(length - 1, -1, -1):
        if at < length - 1:
            later = after[at + 1] * weights[at + 1]
            now = after[at]
            now += later
            now[:, :-1] += later[:, 1:]
            now[:, :-2] += (later * skip)[:, 2:]
            now /= np.maximum(now.max(1, keepdims=True), _LEAST)
        ending = rows[tokens == at + 1]
        after[at, ending, states[ending] - 1] = 1
        after[at, ending, states[ending] - 2] = 1
    return after
