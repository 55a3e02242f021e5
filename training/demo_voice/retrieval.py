"""Retrieval of the recording nearest to a sound, by dynamic time warping over cepstra. Knows no language."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
RATE = 16_000
SIZE, HOP = 512, 480
"""Samples of a frame, and between two frames: 30 ms, fine enough for words and cheap for time warping."""
BANDS, CEPSTRA = 32, 13
LOW_HZ, HIGH_HZ = 80, 5000


def _filters() -> Array:
    """Return triangular filters [SIZE/2 + 1, BANDS], evenly spaced on the mel scale."""
    low, high = (2595 * np.log10(1 + hz / 700) for hz in (LOW_HZ, HIGH_HZ))
    edges = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)
    hz = np.fft.rfftfreq(SIZE, 1 / RATE)[:, None]
    rising = (hz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hz) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


_FILTERS = _filters()
_COSINES = np.cos(np.pi / BANDS * np.outer(np.arange(BANDS) + 0.5, np.arange(1, CEPSTRA + 1))).astype(np.float32)


def spoken(samples: npt.NDArray[np.floating]) -> slice:
    """Return the part without silence at both ends, in samples."""
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    return slice(int(loud[0]), int(loud[-1]) + 1)


def cepstra(samples: npt.NDArray[np.floating], hop: int = HOP) -> Array:
    """Return cepstra [frames, CEPSTRA] without silence at both ends; each coefficient has mean 0 and deviation 1."""
    trimmed = np.pad(samples[spoken(samples)], (0, SIZE))
    rows = np.lib.stride_tricks.sliding_window_view(trimmed, SIZE)[::hop] * np.hanning(SIZE)
    power = np.abs(np.fft.rfft(rows, axis=1)) ** 2
    found = np.log(power @ _FILTERS + 1e-6 * power.mean()) @ _COSINES
    normal: Array = ((found - found.mean(0)) / (found.std(0) + 1e-6)).astype(np.float32)
    return normal


def _totals(a: Array, b: Array) -> Iterator[npt.NDArray[np.floating]]:
    """Yield, for each frame of `a`, the costs [len(b)] of the best paths to it and each frame of `b`."""
    cost = np.sqrt(np.maximum(0, (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T))
    total = np.cumsum(cost[0])
    yield total
    for row in cost[1:]:
        best = np.minimum(total, np.concatenate([[np.inf], total[:-1]]))
        # the step along the row: total[j] = row[j] + min(best[j], total[j - 1]), as a running minimum
        along = np.cumsum(row)
        total = along + np.minimum.accumulate(best + row - along)
        yield total


def distance(a: Array, b: Array) -> float:
    """Return the mean cost of the best warping path between two sequences of cepstra."""
    *_, last = _totals(a, b)
    return float(last[-1] / (len(a) + len(b)))


def warping_path(a: Array, b: Array) -> npt.NDArray[np.int_]:
    """Return the best warping path [steps, 2]: pairs of frames of `a` and `b`, from the first to the last."""
    total = np.pad(np.array(list(_totals(a, b))), (1, 0), constant_values=np.inf)
    i, j = len(a), len(b)
    path = [(i - 1, j - 1)]
    while i > 1 or j > 1:
        i, j = min((i - 1, j - 1), (i - 1, j), (i, j - 1), key=lambda at: float(total[at]))
        path.append((i - 1, j - 1))
    return np.array(path[::-1])


def nearest(sound: Array, references: Sequence[Array]) -> int:
    """Return the index of the reference with the smallest distance."""
    return int(np.argmin([distance(sound, reference) for reference in references]))


def voice_print(samples: npt.NDArray[np.floating]) -> Array:
    """Return the mean log power spectrum [SIZE/2 + 1] of loud frames, with mean 0.

    It depends on pitch, vocal tract and brightness, and hardly on the words.
    """
    rows = np.lib.stride_tricks.sliding_window_view(samples, SIZE)[::HOP] * np.hanning(SIZE)
    power = np.abs(np.fft.rfft(rows, axis=1)) ** 2
    loud = power[power.sum(1) > 0.1 * power.sum(1).mean()]
    mean = np.log(loud + 1e-4 * loud.mean()).mean(0)
    centred: Array = (mean - mean.mean()).astype(np.float32)
    return centred


def told_apart(prints: Sequence[Sequence[Array]]) -> int:
    """Return how many `prints[voice][sentence]` are nearest to the mean of their own voice's other sentences."""
    stacked = np.array(prints)
    right = 0
    for k in range(stacked.shape[1]):
        means = np.delete(stacked, k, axis=1).mean(1)
        apart = ((stacked[:, k][:, None] - means) ** 2).sum(-1)
        right += int((apart.argmin(1) == np.arange(len(stacked))).sum())
    return right
