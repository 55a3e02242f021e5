"""Levels and values of designed voices."""

import pytest

from core.voice_style import LEVELS, PITCH_VALUES, SPEED_VALUES, hertz, mel, restyled, style_of
from shared.types import Style


def test_values_choose_the_level_that_they_belong_to():
    assert style_of("female") == Style(0, 2, 2)
    assert style_of("male", pitch="very_low", rate="high") == Style(1, 0, 3)
    assert style_of("female", pitch_hz=210.0) == Style(0, 2, 2, 295, 4)
    assert style_of("male", pitch_hz=210.0) == Style(1, 4, 2, 295, 4), "the bounds are those of the gender"
    assert style_of("male", syllables_per_s=5.2) == Style(1, 2, 3, 187, 5)
    assert hertz(mel(173.0)) == pytest.approx(173.0)


@pytest.mark.parametrize("gender", ["female", "male"])
def test_middle_of_every_level_belongs_to_the_level(gender):
    values = PITCH_VALUES[gender == "male"]
    for level, name in enumerate(LEVELS):
        assert style_of(gender, pitch_hz=hertz(values[level] + 0.5)).pitch == level
        assert style_of(gender, pitch=name, syllables_per_s=4.0).pitch_value == values[level]
        assert style_of(gender, rate=name, pitch_hz=200.0).speed_value == SPEED_VALUES[level]


def test_levels_of_a_request_replace_those_of_the_voice_with_their_values():
    kept = Style(0, 2, 2, pitch_value=301, speed_value=4)
    assert restyled(kept, pitch="moderate", rate=None) == kept
    assert restyled(kept, pitch="high", rate=None) == Style(0, 3, 2, 332, 4)
    assert restyled(kept, pitch=None, rate="very_low") == Style(0, 2, 0, 301, 2)
