import math
import time
from dataclasses import replace

import pytest

from core import headroom
from core.batching import Times
from core.headroom import CONTEXT, LONGEST_S, NOW, PATIENCE_S, Audience, Listener, Slowdown, Stream
from core.windows import WindowPlan

PLAN = WindowPlan(left=67, right=20, first=6, steady=192)
TOKEN_S = 0.02


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves when it is told to."""

    class Clock:
        now = 100.0

        def perf_counter(self):
            return self.now

    monkeypatch.setattr(headroom, "time", made := Clock())
    return made


def listening(audience, clock, *, in_hand_s, chunk=0):
    stream = Stream(heard=True, token_s=TOKEN_S)
    stream._chunks_made = 1  # as in `making`, without an end
    audience._streams.add(stream)
    stream.turn(chunk)
    stream.listener.hear(in_hand_s, now=clock.now)
    return stream


def times(*, wait_s=0.0, unit_s=0.0):
    made = Times()
    made.wait_s, made._unit_s = wait_s, unit_s
    return made


def test_a_listener_has_what_was_sent_less_what_was_played():
    listener = Listener()
    assert listener.hear(1.0, now=10.0) == 0
    assert listener.hear(0.5, now=10.25) == pytest.approx(0.75)
    assert listener.headroom_s(11.0) == pytest.approx(0.5)
    assert listener.underruns == 0


def test_a_late_block_is_a_gap_and_then_playing_goes_on_from_there():
    listener = Listener()
    listener.hear(1.0, now=10.0)
    assert listener.hear(1.0, now=11.25) == pytest.approx(-0.25)
    assert (listener.underruns, listener.longest_gap_s) == (1, pytest.approx(0.25))
    assert listener.hear(1.0, now=12.0) == pytest.approx(0.25), "the gap is not owed for ever"
    assert listener.underruns == 1


def test_first_windows_of_new_streams_then_least_headroom_then_files(clock):
    audience = Audience(floor_s=0)
    new, rich, poor = (
        Stream(heard=True, token_s=TOKEN_S),
        *(listening(audience, clock, in_hand_s=s) for s in (3.0, 0.2)),
    )
    file = Stream(heard=False, token_s=TOKEN_S)
    dues = [audience.due(stream, 0) for stream in (new, poor, rich, file)]
    assert dues == [NOW, pytest.approx(100.2), pytest.approx(103), pytest.approx(100 + PATIENCE_S)]
    clock.now += PATIENCE_S + 1
    assert audience.due(poor, 0) > dues[-1], "a file that waited comes before a listener of now"


def test_a_chunk_ahead_is_due_when_what_comes_before_it_ends_though_nobody_hears_that_yet(clock):
    stream = Stream(heard=True, token_s=TOKEN_S)
    stream.turn(0)
    stream.made(0, 0.5, among=1)
    assert stream.due(1) == pytest.approx(100.5)


def test_a_chunk_ahead_takes_nothing_of_the_decoder_before_the_stream_is_heard(clock):
    audience, stream = Audience(floor_s=0), Stream(heard=True, token_s=TOKEN_S)
    stream.turn(0)
    ahead = audience.sizes(PLAN, times(unit_s=0.0001), stream, 1)
    assert ahead(200) == 0
    stream.listener.hear(1.0, now=clock.now)
    assert ahead(200) == 192


def test_sound_that_waits_for_its_listener_is_in_hand_but_only_if_it_comes_before(clock):
    stream = listening(Audience(floor_s=0), clock, in_hand_s=1.0)
    stream.made(0, 0.5, among=1)
    stream.made(1, 2.0, among=1)
    assert stream.headroom_s(clock.now) == pytest.approx(1.5)
    assert stream.headroom_s(clock.now, chunk=1) == pytest.approx(3.5)
    stream.taken(0, 0.5)
    stream.listener.hear(0.5, now=clock.now)
    assert stream.headroom_s(clock.now) == pytest.approx(1.5)


def test_faster_playing_leaves_less_in_hand(clock):
    stream = Stream(heard=True, token_s=TOKEN_S, speed=2.0)
    stream.made(0, 1.0, among=1)
    assert stream.headroom_s(clock.now) == pytest.approx(0.5) and stream.token_s == TOKEN_S / 2


@pytest.mark.parametrize(("in_hand_s", "size"), [(0.12, 6), (0.5, 24), (2.0, 96), (8.0, 192)])
def test_little_headroom_means_small_and_soon_much_means_large_and_cheap(clock, in_hand_s, size):
    audience = Audience(floor_s=0)
    stream = listening(audience, clock, in_hand_s=in_hand_s)
    sizes = audience.sizes(PLAN, times(unit_s=0.0001), stream, 0)
    for available in range(-10, 300):  # a hundred tokens a second
        if keep := sizes(available):
            break
        clock.now += 0.01
    assert keep == size


def test_who_waits_for_the_decoder_anyway_takes_more_at_once(clock):
    audience = Audience(floor_s=0)
    stream = listening(audience, clock, in_hand_s=0.1)
    assert audience.sizes(PLAN, times(wait_s=0.0, unit_s=0.001), stream, 0)(100) == 24
    assert audience.sizes(PLAN, times(wait_s=0.2, unit_s=0.001), stream, 0)(100) == 96


def test_nobody_keeps_the_decoder_from_others_for_long(clock):
    audience = Audience(floor_s=0)
    stream, slow = listening(audience, clock, in_hand_s=20.0), times(unit_s=LONGEST_S / 100)
    assert audience.sizes(PLAN, slow, stream, 0)(300) == 192
    listening(audience, clock, in_hand_s=20.0)
    assert audience.sizes(PLAN, slow, stream, 0)(300) == 48


@pytest.mark.parametrize(("tokens_a_second", "first"), [(1000, 6), (150, 6), (80, 12), (55, 12), (30, 24), (5, 24)])
def test_the_first_window_is_as_small_as_the_engine_is_fast(clock, tokens_a_second, first):
    stream = Stream(heard=True, token_s=TOKEN_S)
    sizes = Audience(floor_s=0).sizes(PLAN, times(), stream, 0)
    for available in range(-19, 300):
        if keep := sizes(available):
            break
        clock.now += 1 / tokens_a_second
    assert keep == available == first


@pytest.mark.parametrize(("others", "first"), [(0, 12), (1, 24)])
def test_beside_others_the_first_window_outlasts_one_of_theirs(clock, others, first):
    audience = Audience(floor_s=0)
    for _ in range(others):
        listening(audience, clock, in_hand_s=20.0)
    with audience.joined(Stream(heard=True, token_s=TOKEN_S)) as stream:
        sizes = audience.sizes(PLAN, times(unit_s=LONGEST_S / (48.1 + CONTEXT)), stream, 0)
        for available in range(-19, 300):
            if keep := sizes(available):
                break
            clock.now += 0.01
    assert keep == available == first


def test_a_file_is_decoded_in_large_windows(clock):
    sizes = Audience(floor_s=0).sizes(PLAN, times(), Stream(heard=False, token_s=TOKEN_S), 0)
    assert [sizes(n) for n in (6, 48, 191, 192, 500)] == [0, 0, 0, 192, 192]


def test_text_that_comes_after_everything_was_heard_is_a_new_beginning(clock):
    stream = Stream(heard=True, token_s=TOKEN_S)
    with stream.making():
        stream.listener.hear(1.0, now=clock.now)
        clock.now += 2
        stream.resume()
        assert stream.listener.ends is not None, "what is still being made is late"
    stream.resume()
    stream.turn(1)
    assert stream.is_first(1) and stream.due(1) == NOW
    assert stream.listener.hear(1.0, now=clock.now) == 0 and not stream.listener.underruns


def test_more_can_be_had_while_sound_waits_and_when_all_is_made(clock):
    stream = Stream(heard=True, token_s=TOKEN_S)
    stream.turn(0)
    with stream.making():
        assert not stream.has_more()
        stream.made(0, 0.5, among=1)
        assert stream.has_more()
        stream.taken(0, 0.5)
        assert not stream.has_more()
    assert not stream.has_more(), "another chunk may follow"
    with stream.making():
        stream.turn(1, last=True)
        assert not stream.has_more()
    assert stream.has_more(), "the end"


def run_at(stream, audience, clock, pace):
    """Three windows of half a second, made and heard at this pace."""
    for _ in range(3):
        audience.made(stream, 0, 0.5)
        stream.taken(0, 0.5)
        stream.listener.hear(0.5, now=clock.now)
        clock.now += 0.5 / pace


def test_a_newcomer_comes_in_where_the_others_keep_their_headroom(clock):
    audience = Audience(floor_s=0.1)
    assert audience.has_room(0)
    with audience.joined(Stream(heard=True, token_s=TOKEN_S)) as stream, stream.making():
        assert audience.has_room(1), "nothing is known yet"
        run_at(stream, audience, clock, pace=4)
        assert audience.has_room(1) and audience.has_room(2)
        assert not audience.has_room(30), "a pace of four, shared by thirty"


def test_a_full_decoder_has_no_room_though_nobody_has_been_slow_yet(clock):
    """Of a decoder that is kept for nearly a fifth of the length of a first window, four are let in at once."""
    audience, fifth = Audience(floor_s=0.1), times(unit_s=0.19 * 12 * TOKEN_S / (12 + CONTEXT))
    for number in range(4):
        assert audience.has_room(number)
        stream = listening(audience, clock, in_hand_s=0.0)
        stream.listener.ends = None
        assert audience.sizes(replace(PLAN, first=12), fifth, stream, 0)(12) == 12
    assert not audience.has_room(4)
    stream.made(0, 0.24, among=4)  # and its listener does not take it
    assert audience.has_room(4)


def test_nobody_waits_for_a_listener_who_is_served(clock):
    """Who is paused, who waits for text, and whose sound is whole need nothing, however little they have in hand."""
    audience = Audience(floor_s=0.1)
    with audience.joined(Stream(heard=True, token_s=TOKEN_S)) as stream:
        with stream.making():
            run_at(stream, audience, clock, pace=1.1)
            assert not audience.has_room(1) and audience.least_headroom_s() < math.inf
            audience.made(stream, 0, 0.5)  # and not taken
            assert audience.has_room(1) and audience.least_headroom_s() == math.inf
            stream.taken(0, 0.5)
        assert audience.has_room(1) and audience.least_headroom_s() == math.inf


def test_what_was_seen_beats_what_is_feared(clock):
    audience = Audience(floor_s=0.1)
    with audience.joined(Stream(heard=True, token_s=TOKEN_S)) as stream, stream.making():
        run_at(stream, audience, clock, pace=1.2)
        assert not audience.has_room(1), "four fifths of real time, for all that is known"
        with audience.joined(Stream(heard=True, token_s=TOKEN_S)) as other, other.making():
            run_at(other, audience, clock, pace=1.15)
            assert audience.has_room(2), "two hardly disturb each other"
            assert not audience.has_room(9)
    assert audience.least_headroom_s() == math.inf


def test_who_would_run_dry_even_alone_holds_nobody_up(clock):
    audience = Audience(floor_s=0.1)
    with audience.joined(Stream(heard=True, token_s=TOKEN_S)) as stream, stream.making():
        run_at(stream, audience, clock, pace=0.8)
        assert audience.has_room(1)


def test_how_much_more_streams_slow_each_other_is_learnt():
    slowdown = Slowdown()
    slowdown.saw(2, 1 / 0.12)
    assert slowdown.share(2, 4) == pytest.approx(2 / 3), "half of the work is each stream's own, for all that is known"
    for among in (1, 2, 3, 4, 8):
        slowdown.saw(among, 1 / (0.1 + 0.01 * among))
    assert slowdown.share(10, 40) == pytest.approx(0.2 / 0.5, rel=0.01)
    for among in (10, 20, 30) * 200:
        slowdown.saw(among, 4.0)
    assert slowdown.share(30, 300) == pytest.approx(1, abs=0.02), "what was long ago is forgotten"


def test_the_clock_is_the_one_that_deadlines_are_in():
    now = time.perf_counter()
    assert now <= Stream(heard=False, token_s=TOKEN_S).due(0) - PATIENCE_S <= time.perf_counter()
