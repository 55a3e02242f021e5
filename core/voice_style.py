"""Levels of pitch and speed of designed voices, and the values that belong to them. Arithmetic alone."""

from bisect import bisect_right
from math import log10

from shared.types import Style

LEVELS = ("very_low", "low", "moderate", "high", "very_high")
"""Names of the labels 0 to 4."""
GENDERS = ("female", "male")
"""Names of the labels 0 and 1."""

# Percentiles 5, 20, 70 and 90 of the pitch in mel, and 5, 20, 80 and 95 of the English syllables a second, of the data
# that Spark-TTS was trained on (its authors' `statistic_percentile.jsonl`): the bounds between two labels.
PITCH_BOUNDS = ((224.325, 257.532, 313.213, 352.569), (144.275, 163.172, 211.044, 249.549))
SPEED_BOUNDS = (2.553, 3.306, 4.72, 5.464)
# Values in the middle of each label; of the outer ones, those 1.96 standard deviations from the mean of the same data.
PITCH_VALUES = ((199, 240, 285, 332, 389), (119, 153, 187, 230, 273))
SPEED_VALUES = (2, 3, 4, 5, 6)
PITCH_HZ = (60.0, 500.0)
"""Lowest and highest pitch that may be asked for: of a deep man's voice and of a child's."""
SYLLABLES_PER_S = (1.0, 10.0)
"""Lowest and highest speed that may be asked for; the vocabulary ends at 10."""


def mel(hz: float) -> float:
    """Return the pitch in mel."""
    return 2595 * log10(1 + hz / 700)


def hertz(mel: float) -> float:
    """Return the pitch in Hz."""
    return float(700 * (10 ** (mel / 2595) - 1))


def style_of(
    gender: str,
    *,
    pitch: str = "moderate",
    rate: str = "moderate",
    pitch_hz: float | None = None,
    syllables_per_s: float | None = None,
) -> Style:
    """Return the labels of a voice. A value in Hz or syllables a second takes the place of its level.

    Both values are in the result where one is given: the one that is left out is the middle of its level.
    """
    sex = GENDERS.index(gender)
    pitch_level = LEVELS.index(pitch) if pitch_hz is None else bisect_right(PITCH_BOUNDS[sex], mel(pitch_hz))
    speed_level = LEVELS.index(rate) if syllables_per_s is None else bisect_right(SPEED_BOUNDS, syllables_per_s)
    if pitch_hz is None and syllables_per_s is None:
        return Style(sex, pitch_level, speed_level)
    pitch_value = PITCH_VALUES[sex][pitch_level] if pitch_hz is None else int(mel(pitch_hz))
    speed_value = SPEED_VALUES[speed_level] if syllables_per_s is None else int(syllables_per_s)
    return Style(sex, pitch_level, speed_level, pitch_value, speed_value)


def restyled(style: Style, *, pitch: str | None, rate: str | None) -> Style:
    """Return a style with other levels, and the values in their middle. A level that is None stays."""
    pitch_level, pitch_value = style.pitch, style.pitch_value
    speed_level, speed_value = style.speed, style.speed_value
    if pitch is not None and LEVELS[pitch_level] != pitch:
        pitch_level = LEVELS.index(pitch)
        pitch_value = PITCH_VALUES[style.gender][pitch_level]
    if rate is not None and LEVELS[speed_level] != rate:
        speed_level = LEVELS.index(rate)
        speed_value = SPEED_VALUES[speed_level]
    return Style(style.gender, pitch_level, speed_level, pitch_value, speed_value)
