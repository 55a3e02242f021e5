"""Likeness of two pitch contours of the same sentence, after the recordings were aligned in time."""

import numpy as np
import numpy.typing as npt

from training.demo_voice.measures.pitch import RATE, Pitch
from training.demo_voice.retrieval import SIZE, cepstra, spoken, warping_path

HOP = 160
"""Samples between two aligned frames: 10 ms."""
LEAST_FRAMES = 20
"""Aligned frames with a pitch in both recordings, below which a correlation says nothing: 0.2 s."""
Samples = npt.NDArray[np.floating]


def pitch_correlation(one: tuple[Samples, Pitch], other: tuple[Samples, Pitch]) -> float | None:
    """Return the correlation of the logarithms of pitch, over frames that are voiced in both recordings.

    A constant pitch correlates with nothing: 0. None: too few common frames.
    """
    path = warping_path(cepstra(one[0], HOP), cepstra(other[0], HOP))
    a, b = (_read(*side, path[:, i]) for i, side in enumerate((one, other)))
    both = (a > 0) & (b > 0)
    if both.sum() < LEAST_FRAMES:
        return None
    a, b = np.log(a[both]), np.log(b[both])
    spread = a.std() * b.std()
    return float(((a - a.mean()) * (b - b.mean())).mean() / spread) if spread > 0 else 0.0


def _read(samples: Samples, pitch: Pitch, frames: npt.NDArray[np.int_]) -> npt.NDArray[np.float64]:
    middle = spoken(samples).start + frames * HOP + SIZE // 2
    return pitch.at(middle / RATE)
