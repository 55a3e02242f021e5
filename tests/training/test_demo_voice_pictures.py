"""Pictures of spectrograms: the darkest row is the sound's frequency, the line is its pitch."""

import numpy as np
import pytest

from tests.training.speech_like import RATE, contour, voice
from training.demo_voice.measures.pictures import PITCH_HZ, TOP_HZ, panel, picture, pitch_line, spectrogram


def test_spectrogram_is_darkest_at_the_frequency_of_the_sound() -> None:
    grey = spectrogram(np.sin(2 * np.pi * 1000 * np.arange(RATE // 2) / RATE).astype(np.float32))
    darkest = TOP_HZ * (1 - (grey.mean(axis=1).argmin() + 0.5) / len(grey))
    assert darkest == pytest.approx(1000, abs=20)
    assert grey.min() == 0


def test_pitch_line_is_level_for_a_constant_pitch_and_broken_by_a_pause() -> None:
    part = contour([(0, np.sqrt(PITCH_HZ[0] * PITCH_HZ[1])), (0.3, np.sqrt(PITCH_HZ[0] * PITCH_HZ[1]))])
    lines = pitch_line(voice(np.concatenate([part, np.zeros(RATE // 5), part])), 800, 100)
    assert len(lines) == 2
    assert all(y == pytest.approx(50, abs=0.5) for line in lines for _, y in line)
    assert lines[0][-1][0] < 350 < 450 < lines[1][0][0]


def test_picture_has_its_panels_in_rows_and_columns() -> None:
    samples = voice(contour([(0, 120.0), (0.3, 150.0)])).astype(np.float32)
    one, whole = panel("a", samples), picture([[("a", samples), ("b", samples)]] * 3)
    assert whole.width > 2 * one.width
    assert whole.height > 3 * one.height
