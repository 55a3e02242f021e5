import pytest

from core.scheduling.policy import FILE_DEADLINE_S, IMMEDIATE, MAX_DECODER_LOAD, HeadroomPolicy, Load
from core.scheduling.slowdown import SlowdownModel
from tests.core.scheduling.conftest import new_stream, playing_stream

NOW = 100.0
POLICY = HeadroomPolicy(min_headroom_s=0.1)


def load_of(*streams, first_window_load=0.0):
    return Load(streams, SlowdownModel(), first_window_load)


def paced(pace, *, headroom_s=0.0):
    stream = playing_stream(headroom_s=headroom_s, now=NOW)
    stream.pace = pace
    return stream


def test_first_windows_precede_the_least_headroom_which_precedes_files():
    streams = [
        new_stream(),
        playing_stream(headroom_s=0.2),
        playing_stream(headroom_s=3.0),
        new_stream(streaming=False),
    ]
    deadlines = [POLICY.deadline(stream, 0, now=NOW) for stream in streams]
    assert deadlines == [
        IMMEDIATE,
        pytest.approx(NOW + 0.2),
        pytest.approx(NOW + 3),
        pytest.approx(NOW + FILE_DEADLINE_S),
    ]


def test_waiting_file_precedes_a_stream_with_a_later_deadline():
    file_deadline = POLICY.deadline(new_stream(streaming=False), 0, now=NOW)
    later = NOW + FILE_DEADLINE_S + 1
    assert POLICY.deadline(playing_stream(headroom_s=0.2, now=later), 0, now=later) > file_deadline


def test_chunk_ahead_is_due_when_the_sound_before_it_ends():
    stream = new_stream()
    stream.unsent_s[0] = 0.5
    assert POLICY.deadline(stream, 1, now=NOW) == pytest.approx(NOW + 0.5)


def test_admission_keeps_the_headroom_of_every_stream():
    assert POLICY.has_room(load_of(), 0, now=NOW)
    assert POLICY.has_room(load_of(paced(0.0)), 1, now=NOW), "no pace is known yet"
    fast = load_of(paced(4.0))
    assert POLICY.has_room(fast, 1, now=NOW) and POLICY.has_room(fast, 2, now=NOW)
    assert not POLICY.has_room(fast, 30, now=NOW), "a pace of four, shared by thirty-one"


def test_stream_that_would_starve_alone_does_not_block_admission():
    assert POLICY.has_room(load_of(paced(0.8)), 1, now=NOW)


def test_stream_with_unsent_sound_does_not_block_admission():
    paused = paced(1.1)
    assert not POLICY.has_room(load_of(paused), 1, now=NOW)
    paused.unsent_s[0] = 0.5
    assert POLICY.has_room(load_of(paused), 1, now=NOW)


def test_admission_stops_at_the_decoder_load_limit_before_any_stream_is_slow():
    share = MAX_DECODER_LOAD / 4
    streams = [playing_stream(headroom_s=1.0) for _ in range(3)]
    for stream in streams:
        stream.decoder_load = share
    assert POLICY.has_room(load_of(*streams, first_window_load=share - 0.01), 3, now=NOW)
    streams.append(new_stream())
    streams[-1].generating_chunks = 1  # its first window is not decoded yet: it will cost what the last first one did
    assert not POLICY.has_room(load_of(*streams, first_window_load=share), 4, now=NOW)
    streams[0].unsent_s[0] = 0.24  # its player does not take what is there
    assert POLICY.has_room(load_of(*streams, first_window_load=share), 4, now=NOW)
