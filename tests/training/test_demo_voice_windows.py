"""Look-ahead of the embedded voice: shorter than the decoder's receptive field, with an inaudible error."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.decode import snr_db
from benchmarks.lookahead import Line, Voices, all_windows, demo_voices, first_window
from core.checkpoint.reading import Checkpoint, open_checkpoint
from core.scheduling.window_size import WindowOptions
from core.windows import WindowPlan
from shared.types import Samples

ROOT = Path(__file__).parents[2]
FIRST_DB, LATER_DB, EXACT_DB = 40, 60, 70
"""Least distances from the whole decode in dB. The last one is the rounding of float32 in the phases of high harmonics:
no look-ahead comes nearer than 73 dB."""
FRAME, STEP = 160, 80
"""Frame and step of the spectra in samples: 10 and 5 ms, so that a step between two windows fills one frame."""


@pytest.fixture(scope="module")
def voices() -> Voices:
    return demo_voices(every=5, tokens=50)


@pytest.fixture(scope="module")
def checkpoint() -> Checkpoint:
    return open_checkpoint(ROOT / "voices" / "demo")


@pytest.fixture(scope="module")
def options(voices: Voices, checkpoint: Checkpoint) -> WindowOptions:
    field, right = voices.decoder.field, checkpoint.window_lookahead
    assert right is not None, "the demo voice recommends a look-ahead"
    first = checkpoint.window_lookahead_first
    return WindowPlan(left=field.left, right=right, first=6, steady=192, first_right=first, exact=field.right).options()


@pytest.fixture(scope="module")
def few(voices: Voices) -> list[Line]:
    """Return a line of each language."""
    return list(voices.lines[::8])


def test_first_window_is_near_the_whole(voices: Voices, options: WindowOptions) -> None:
    for keep in options.first_keeps[:4]:
        least = min(
            snr_db(
                first_window(voices.decoder, line, keep=keep, right=options.first_right),
                line.whole[: keep * voices.decoder.config.hop],
            )
            for line in voices.lines
        )
        assert least >= FIRST_DB, f"a first window of {keep}"


def test_later_windows_are_nearer_and_the_farthest_look_ahead_is_exact(
    voices: Voices, options: WindowOptions, few: list[Line]
) -> None:
    for line in few:
        least, most = (
            snr_db(all_windows(voices.decoder, line, keep=options.keeps[0], right=right), line.whole)
            for right in (options.rights[0], options.rights[-1])
        )
        assert least >= LATER_DB and most >= EXACT_DB


def test_joints_after_windows_with_the_shortest_look_ahead_are_not_audible(
    voices: Voices, options: WindowOptions, few: list[Line]
) -> None:
    """Every window is as short as a first one, so every joint is one; a stream has one such joint."""
    hop = voices.decoder.config.hop
    for line in few:
        keep = options.first_keeps[0]
        joints = np.arange(keep, len(line.ids), keep) * hop
        sound = all_windows(voices.decoder, line, keep=keep, right=options.first_right)
        at_joints, elsewhere = _divided(np.abs(np.diff(sound)), joints - 1)
        assert at_joints.max() <= elsewhere.max(), "a step"
        step, flux = added_by_joints(sound, line.whole, joints)
        assert step < 1 and flux < 1


def test_joints_after_a_look_ahead_that_is_too_short_are_found(voices: Voices, few: list[Line]) -> None:
    added = []
    for line in few:
        joints = np.arange(3, len(line.ids), 3) * voices.decoder.config.hop
        added.append(added_by_joints(all_windows(voices.decoder, line, keep=3, right=2), line.whole, joints))
    steps, changes = zip(*added, strict=True)
    assert max(steps) > 1 and max(changes) > 1


def added_by_joints(sound: Samples, whole: Samples, joints: NDArray[np.int64]) -> tuple[float, float]:
    """Return the largest step and the largest change of the spectrum that joints add to the whole decode.

    A step in units of the mean step within 10 ms, a change in units of the line's mean change: below 1, a joint adds
    less than any place has.
    """
    steps, undivided = np.diff(sound), np.diff(whole)
    near = [np.abs(undivided[max(0, joint - FRAME) : joint + FRAME]).mean() for joint in joints]
    change, usual = np.abs(_flux(sound) - _flux(whole)), _flux(whole)
    frames = _frames_of(joints)
    return (
        float((np.abs(steps - undivided)[joints - 1] / near).max()),
        float(change[frames[frames < len(change)]].max() / usual.mean()),
    )


def _divided(values: NDArray[np.float32], at: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the values at these places, and all others."""
    mask = np.zeros(len(values), bool)
    mask[at] = True
    return values[mask], values[~mask]


def _flux(sound: Samples) -> NDArray[np.float32]:
    """Return how much the magnitude spectrum grows from each frame to the next one: (frames - 1,)."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, FRAME)[::STEP] * np.hanning(FRAME)
    spectra = np.abs(np.fft.rfft(frames, axis=1))
    growth: NDArray[np.float32] = np.maximum(np.diff(spectra, axis=0), 0).sum(axis=1)
    return growth


def _frames_of(joints: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the differences of frames whose later frame holds a joint, and the one after it."""
    first = -(-(joints - FRAME + 1) // STEP) - 1
    return np.unique(np.concatenate([first, first + 1, first + 2]))
