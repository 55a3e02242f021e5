"""The state of a request is pure: times are arguments, so nothing here waits."""

import pytest

from core.request_state import Arrival, Phase, RequestState, StageStats
from processing.script import ScriptRules, write_script
from shared.types import Sampling, Utterance, Voice

RATE = 16_000


@pytest.fixture
def request_state():
    text = "The first sentence is here and goes on. The second sentence is here and ends."
    utterance = Utterance(text, Voice("v", "V"), Sampling(), RATE, stream=True)
    return RequestState(Arrival("request-1", 10.0), utterance)


def test_stage_counts_steps_and_keeps_the_first_and_last_time():
    stats = StageStats()
    stats.record(0.0, taken=3, given=5)
    stats.record(2.0, taken=4)
    assert stats == StageStats(steps=2, taken=7, given=5, first_at=0.0, last_at=2.0)


def test_tokens_are_counted_and_the_first_sets_its_time(request_state):
    request_state.record_tokens(10.5, tokens=4, semantic=3)
    request_state.record_tokens(10.7, tokens=2, semantic=2)
    engine = request_state.stages.engine
    assert (request_state.tokens, engine.given, engine.steps) == (6, 5, 2)
    assert (request_state.first_token_at, engine.last_at) == (10.5, 10.7)


def test_time_to_first_audio_runs_until_there_is_one(request_state):
    assert request_state.ttfb_s(10.25) == pytest.approx(0.25)
    request_state.first_audio_at = 10.5
    assert request_state.ttfb_s(20.0) == pytest.approx(0.5)


def test_real_time_factor_is_elapsed_time_over_sound(request_state):
    assert request_state.rtf(11.0) == 0
    request_state.samples = 2 * RATE
    assert request_state.seconds == 2 and request_state.rtf(11.0) == pytest.approx(0.5)


def test_timings_hold_only_the_marks_that_were_reached(request_state):
    request_state.queued_s = 0.1
    assert request_state.timings_s() == {"queue": 0.1}
    request_state.script_at, request_state.first_audio_at = 10.25, 10.75
    assert request_state.timings_s() == pytest.approx({"queue": 0.1, "normalize": 0.25, "first_audio": 0.75})


def test_spans_cover_the_chunks_begun_so_far_in_seconds_of_the_answer(request_state):
    request_state.script = write_script(request_state.utterance, ScriptRules(threshold=40, target=40))
    assert request_state.chunks == 2 and not list(request_state.spans())
    request_state.samples_per_s = 2.0 * RATE  # at twice the speed
    request_state.timeline.starts, request_state.timeline.samples = [0], RATE
    assert [(chunk.index, start, end) for chunk, start, end in request_state.spans()] == [(0, 0.0, 0.5)]
    request_state.timeline.starts, request_state.timeline.samples = [0, RATE], 4 * RATE
    assert [(chunk.index, start, end) for chunk, start, end in request_state.spans()] == [(0, 0.0, 0.5), (1, 0.5, 2.0)]


@pytest.mark.parametrize(
    ("phase", "is_open", "unsent"),
    [(Phase.SPEAKING, True, 2), (Phase.SPOKEN, True, 2), (Phase.SENT, False, 0), (Phase.ABANDONED, False, 0)],
)
def test_pieces_wait_only_while_the_request_is_open(request_state, phase, is_open, unsent):
    for n in range(3):
        request_state.stages.encoder.record(float(n), given=100)
    request_state.stages.transport.record(3.0, given=100)
    request_state.phase = phase
    assert (request_state.is_open, request_state.unsent_packets) == (is_open, unsent)
