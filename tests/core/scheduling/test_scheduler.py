import math
import time
from contextlib import ExitStack
from dataclasses import replace

import pytest

from core.scheduling.costs import DecodeCosts
from core.scheduling.policy import FILE_DEADLINE_S, IMMEDIATE, HeadroomPolicy
from core.scheduling.scheduler import StreamScheduler
from core.scheduling.window_size import GENERATOR_CONTEXT_TOKENS, WindowOptions, WindowSize
from tests.core.scheduling.conftest import TOKEN_S, new_stream, playing_stream

KEEPS, RIGHT = (6, 12, 24, 48, 96, 192), 20
OPTIONS = WindowOptions(first_keeps=KEEPS, keeps=KEEPS, first_right=RIGHT, rights=(RIGHT,))


def costs(*, wait_s=0.0, unit_s=0.0):
    made = DecodeCosts()
    made.wait_s, made.unit_s = wait_s, unit_s
    return made


def play_at(pace, scheduler, stream, clock):
    """Decode and send three windows of half a second at this pace."""
    for _ in range(3):
        scheduler.window_decoded(stream, 0, 0.5)
        scheduler.block_taken(stream, 0, 0.5)
        scheduler.block_sent(stream, 0.5)
        clock.now += 0.5 / pace


def first_cut(sizer, clock, *, tokens_per_s):
    """Deliver tokens one by one until a window is cut; return what was received and its size."""
    for received in range(1, 300):
        if size := sizer(received):
            return received, size
        clock.now += 1 / tokens_per_s
    pytest.fail("no window was cut")


def test_sound_moves_from_decoded_to_sent(scheduler, clock):
    stream = new_stream(speed=2.0)
    with scheduler.open(stream):
        scheduler.window_decoded(stream, 0, 1.0)
        assert stream.headroom_s(clock.now) == pytest.approx(0.5), "twice the speed plays it in half the time"
        scheduler.block_taken(stream, 0, 1.0)
        assert stream.headroom_s(clock.now) == pytest.approx(0)
        assert scheduler.block_sent(stream, 0.5) == 0
        assert stream.headroom_s(clock.now) == pytest.approx(0.5)


def test_pace_is_measured_only_when_the_sender_waited(scheduler, clock):
    stream = new_stream()
    with scheduler.open(stream):
        scheduler.window_decoded(stream, 0, 0.5)
        clock.now += 0.25
        scheduler.window_decoded(stream, 0, 0.5)
        assert stream.pace == 0, "the block before it still waited: the second one was not awaited"
        scheduler.block_taken(stream, 0, 1.0)
        play_at(2.0, scheduler, stream, clock)
        assert stream.pace == pytest.approx(2.0) and stream.pace_streams == 1


def test_pace_ignores_chunks_generated_ahead(scheduler, clock):
    stream = new_stream()
    with scheduler.open(stream):
        for _ in range(3):
            scheduler.window_decoded(stream, 1, 0.5)
            clock.now += 0.1
        assert stream.pace == 0


def test_new_chunk_drops_the_unsent_sound_of_the_one_before(scheduler, clock):
    stream = new_stream()
    scheduler.window_decoded(stream, 0, 0.1)
    scheduler.window_decoded(stream, 1, 2.0)
    scheduler.chunk_reached(stream, 1, is_last=True)
    assert stream.unsent_s == {1: 2.0} and stream.is_last_chunk


def test_later_text_restarts_playback_when_everything_was_played(scheduler, clock):
    stream = new_stream()
    with scheduler.count_chunk(stream):
        scheduler.block_sent(stream, 1.0)
        clock.now += 2
        scheduler.text_resumed(stream)
        assert stream.buffer.ends_at is not None, "sound that is still being made is late"
    scheduler.text_resumed(stream)
    scheduler.chunk_reached(stream, 1, is_last=False)
    assert scheduler.deadline(stream, 1) == IMMEDIATE
    assert scheduler.block_sent(stream, 1.0) == 0 and not stream.buffer.underruns


def test_send_deadline_is_when_the_player_runs_out(scheduler, clock):
    stream = new_stream()
    assert scheduler.send_deadline(stream) == IMMEDIATE
    scheduler.block_sent(stream, 1.5)
    assert scheduler.send_deadline(stream) == pytest.approx(clock.now + 1.5)
    assert scheduler.send_deadline(new_stream(streaming=False)) == pytest.approx(clock.now + FILE_DEADLINE_S)


@pytest.mark.parametrize(("headroom_s", "size"), [(0.12, 6), (0.5, 24), (2.0, 96), (8.0, 192)])
def test_sizer_follows_the_headroom_as_tokens_arrive(scheduler, clock, headroom_s, size):
    stream, options = playing_stream(headroom_s=headroom_s), replace(OPTIONS, first_right=10, rights=(10,))
    sizer = scheduler.window_sizer(stream, 0, options, costs(unit_s=0.0001))
    _, cut = first_cut(sizer, clock, tokens_per_s=100)
    assert cut == WindowSize(size, 10)


@pytest.mark.parametrize(("tokens_per_s", "size"), [(1000, 6), (50, 12), (30, 24)])
def test_sizer_cuts_the_first_window_as_soon_as_its_tokens_are_available(scheduler, clock, tokens_per_s, size):
    sizer = scheduler.window_sizer(new_stream(), 0, OPTIONS, costs())
    assert first_cut(sizer, clock, tokens_per_s=tokens_per_s) == (size + RIGHT, WindowSize(size, RIGHT))


def test_premature_chunk_is_decoded_once_the_one_before_it_plays(scheduler, clock):
    stream = new_stream()
    ahead = scheduler.window_sizer(stream, 1, OPTIONS, costs(unit_s=0.0001))
    assert ahead(220) is None
    scheduler.block_sent(stream, 1.0)
    assert ahead(220) == WindowSize(192, RIGHT)


def test_sizer_waits_for_the_largest_window_of_a_file(scheduler):
    sizer = scheduler.window_sizer(new_stream(streaming=False), 0, OPTIONS, costs())
    largest = WindowSize(192, RIGHT)
    assert [sizer(n + RIGHT) for n in (6, 48, 191, 192, 500)] == [None, None, None, largest, largest]


def test_first_window_is_the_only_one_with_the_shortest_look_ahead(scheduler, clock):
    options = WindowOptions(first_keeps=(3, 4, 6), keeps=KEEPS, first_right=13, rights=(16, 20, 40))
    stream = new_stream()
    sizer = scheduler.window_sizer(stream, 0, options, costs())
    received, first = first_cut(sizer, clock, tokens_per_s=400)
    assert (received, first) == (first.tokens, WindowSize(3, 13))
    assert sizer(received - 3) is None
    assert sizer(22) == WindowSize(3, 16), "still silent: the joiner held the first block back"
    scheduler.block_sent(stream, 9.0)
    assert sizer(300) == WindowSize(192, 40)


@pytest.mark.parametrize(
    ("others", "streaming", "sent", "deferred"),
    [
        (0, True, False, False),
        (1, True, False, True),
        (1, True, True, False),
        (1, False, False, False),
    ],
)
def test_chunk_ahead_waits_for_the_first_sound_beside_other_requests(scheduler, others, streaming, sent, deferred):
    stream = new_stream(streaming=streaming)
    if sent:
        scheduler.block_sent(stream, 0.1)
    with ExitStack() as held:
        for one in (stream, *[new_stream() for _ in range(others)]):
            held.enter_context(scheduler.open(one))
        assert scheduler.defers_ahead(stream) is deferred


def test_burst_is_admitted_up_to_the_decoder_load_limit(scheduler, clock):
    """Each first window of 12 tokens takes nearly a fifth of the time that it plays: four are admitted."""
    fifth = costs(unit_s=0.19 * 12 * TOKEN_S / (12 + GENERATOR_CONTEXT_TOKENS))
    with ExitStack() as held:
        for number in range(4):
            assert scheduler.has_room(number)
            stream = new_stream()
            held.enter_context(scheduler.open(stream))
            held.enter_context(scheduler.count_chunk(stream))
            options = WindowOptions(first_keeps=(12, 24), keeps=(12, 24), first_right=0, rights=(0,))
            assert scheduler.window_sizer(stream, 0, options, fifth)(12) == WindowSize(12, 0)
        assert not scheduler.has_room(4)


def test_admission_learns_the_slowdown_from_two_loads(scheduler, clock):
    stream, other = new_stream(), new_stream()
    with scheduler.open(stream), scheduler.count_chunk(stream):
        play_at(1.2, scheduler, stream, clock)
        assert not scheduler.has_room(1), "with one load observed, half of the work scales with the streams"
        with scheduler.open(other), scheduler.count_chunk(other):
            play_at(1.15, scheduler, other, clock)
            assert scheduler.has_room(2)
            assert not scheduler.has_room(9)
    assert len(scheduler) == 0


def test_least_headroom_counts_only_starving_streams(scheduler, clock):
    assert scheduler.least_headroom_s() == math.inf
    with scheduler.open(playing_stream(headroom_s=3.0)), scheduler.open(playing_stream(headroom_s=0.5)):
        assert scheduler.least_headroom_s() == pytest.approx(0.5)
    with scheduler.open(new_stream()):
        assert scheduler.least_headroom_s() == math.inf


def test_deadlines_use_perf_counter():
    scheduler = StreamScheduler(HeadroomPolicy(min_headroom_s=0))
    now = time.perf_counter()
    assert now <= scheduler.deadline(new_stream(streaming=False), 0) - FILE_DEADLINE_S <= time.perf_counter()
