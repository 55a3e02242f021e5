"""Pitch of a recording, by Praat's autocorrelation method. It is independent of WORLD, which the voice is made with."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import parselmouth

Array = npt.NDArray[np.float64]
RATE = 16_000
STEP_S = 0.005
"""Seconds between two frames."""
FLOOR_HZ, CEILING_HZ = 60.0, 500.0
"""Range of the first pass: the lowest voice at the end of a statement, and a child's at the end of a question."""
NARROW = 0.7, 1.9
"""Range of the second pass, as factors of the first pass's quartiles: less than an octave, against octave errors."""


@dataclass(frozen=True, slots=True)
class Pitch:
    """Pitch in Hz in frames of STEP_S from the beginning, 0 where there is no voice."""

    hz: Array

    @property
    def voiced(self) -> npt.NDArray[np.bool_]:
        """Return which frames have a pitch."""
        return self.hz > 0

    @property
    def semitones(self) -> Array:
        """Return the pitch of the voiced frames in semitones above 1 Hz; pauses are left out."""
        found: Array = 12 * np.log2(self.hz[self.voiced])
        return found

    def at(self, times_s: Array) -> Array:
        """Return the pitch in Hz at the given times."""
        index = np.clip(np.round(times_s / STEP_S).astype(int), 0, len(self.hz) - 1)
        return self.hz[index]


def track(samples: npt.NDArray[np.floating]) -> Pitch:
    """Return the pitch of a recording at RATE.

    A second pass searches the speaker's own range (De Looze and Hirst's two passes), which removes octave errors.
    """
    sound = parselmouth.Sound(np.asarray(samples, np.float64), RATE)
    wide = _track(sound, FLOOR_HZ, CEILING_HZ)
    if not wide.voiced.any():
        return wide
    low, high = np.percentile(wide.hz[wide.voiced], [25, 75])
    return _track(sound, max(FLOOR_HZ, NARROW[0] * low), min(CEILING_HZ, NARROW[1] * high))


def _track(sound: parselmouth.Sound, floor_hz: float, ceiling_hz: float) -> Pitch:
    frames = int(sound.duration / STEP_S) + 1
    if sound.duration < 3 / floor_hz + STEP_S:  # Praat needs three periods
        return Pitch(np.zeros(frames))
    found = sound.to_pitch_ac(time_step=STEP_S, pitch_floor=floor_hz, pitch_ceiling=ceiling_hz)
    hz = np.zeros(frames)
    first = round(found.t1 / STEP_S)  # Praat's frames lie between ours: round once, or two would fall on one place
    hz[first : first + found.n_frames] = found.selected_array["frequency"]
    return Pitch(hz)
