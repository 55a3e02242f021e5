import pytest

from core.scheduling.playback import PlaybackBuffer


def test_headroom_is_the_sound_received_minus_the_sound_played():
    buffer = PlaybackBuffer()
    assert buffer.receive(1.0, now=10.0) == 0
    assert buffer.receive(0.5, now=10.25) == pytest.approx(0.75)
    assert buffer.headroom_s(11.0) == pytest.approx(0.5)
    assert buffer.underruns == 0


def test_a_late_block_is_one_gap_and_playback_continues_from_it():
    buffer = PlaybackBuffer()
    buffer.receive(1.0, now=10.0)
    assert buffer.receive(1.0, now=11.25) == pytest.approx(-0.25)
    assert (buffer.underruns, buffer.longest_gap_s) == (1, pytest.approx(0.25))
    assert buffer.receive(1.0, now=12.0) == pytest.approx(0.25), "the gap does not accumulate"
    assert buffer.underruns == 1


def test_after_a_restart_the_next_block_is_a_first_one():
    buffer = PlaybackBuffer()
    buffer.receive(1.0, now=10.0)
    buffer.restart()
    assert buffer.receive(1.0, now=20.0) == 0 and not buffer.underruns
