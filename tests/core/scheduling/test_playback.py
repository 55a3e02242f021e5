import pytest

from core.scheduling.playback import PlaybackBuffer


def test_headroom_is_received_minus_played_sound():
    buffer = PlaybackBuffer()
    assert buffer.receive(1.0, now=10.0) == 0
    assert buffer.receive(0.5, now=10.25) == pytest.approx(0.75)
    assert buffer.headroom_s(11.0) == pytest.approx(0.5)
    assert buffer.underruns == 0


def test_late_block_is_one_underrun_and_playback_continues_from_it():
    buffer = PlaybackBuffer()
    buffer.receive(1.0, now=10.0)
    assert buffer.receive(1.0, now=11.25) == pytest.approx(-0.25)
    assert (buffer.underruns, buffer.longest_gap_s) == (1, pytest.approx(0.25))
    assert buffer.receive(1.0, now=12.0) == pytest.approx(0.25), "the gap does not accumulate"
    assert buffer.underruns == 1


def test_first_block_after_a_restart_is_not_an_underrun():
    buffer = PlaybackBuffer()
    buffer.receive(1.0, now=10.0)
    buffer.restart()
    assert buffer.receive(1.0, now=20.0) == 0 and not buffer.underruns
