"""Arithmetic of a trace; the whole line's counts: tests/api/test_debug.py."""

import pytest

from core.request_state import Arrival, Phase, RequestState
from services.request_trace import RequestTrace
from shared.types import Sampling, Utterance, Voice

HOP, TOKENS = 320, 50
SAMPLES = HOP * TOKENS


@pytest.fixture
def request_state() -> RequestState:
    """A request whose stages passed everything on; the sound is 16 kHz, PCM."""
    utterance = Utterance("Hello.", Voice("v", "V"), Sampling(seed=7), 16_000, stream=True)
    request = RequestState(Arrival("r", 0.0), utterance, phase=Phase.SENT)
    request.hop, request.samples_per_s, request.timeline.samples = HOP, 16_000.0, SAMPLES
    stages = request.stages
    stages.engine.record(1.0, given=TOKENS)
    stages.codec.record(2.0, taken=TOKENS, given=SAMPLES)
    stages.joiner.record(3.0, taken=SAMPLES)
    stages.encoder.record(4.0, taken=SAMPLES, given=2 * SAMPLES)
    stages.transport.record(5.0, given=2 * SAMPLES)
    return request


def losses(request: RequestState) -> dict[str, tuple[int, str]]:
    """Return what is missing between each two stages, and its fate."""
    return {loss.between: (loss.missing, loss.fate) for loss in RequestTrace.of(request).losses() if loss.missing}


def test_nothing_is_lost_when_each_stage_passes_everything_on(request_state):
    assert losses(request_state) == {}
    tally = RequestTrace.of(request_state).tally()
    assert tally["engine", "tokens"] == TOKENS and tally["transport", "bytes"] == 2 * SAMPLES
    assert tally["engine → codec", "gave"] == SAMPLES and tally["engine → codec", "lost"] == 0


@pytest.mark.parametrize(
    ("phase", "fate"),
    [(Phase.SPEAKING, "in_flight"), (Phase.SPOKEN, "lost"), (Phase.SENT, "lost"), (Phase.ABANDONED, "abandoned")],
)
def test_missing_sound_is_in_flight_while_spoken_and_lost_afterwards(request_state, phase, fate):
    request_state.stages.codec.given -= HOP
    request_state.phase = phase
    assert losses(request_state)["engine → codec"] == (HOP, fate)


def test_missing_bytes_are_in_flight_until_all_is_sent(request_state):
    request_state.stages.transport.given -= 100
    for phase, fate in ((Phase.SPOKEN, "in_flight"), (Phase.SENT, "lost")):
        request_state.phase = phase
        assert losses(request_state) == {"encoder → transport": (100, fate)}


def test_babble_that_was_cut_is_not_missing(request_state):
    request_state.stages.engine.record(1.0, given=30)
    request_state.completeness.cut_tokens = 30
    assert losses(request_state) == {}


def test_sound_of_a_retried_attempt_is_abandoned(request_state):
    request_state.retries = 1
    request_state.stages.codec.given -= HOP
    request_state.stages.joiner.taken -= 2 * HOP
    assert losses(request_state) == {"engine → codec": (HOP, "abandoned"), "codec → chunker": (HOP, "abandoned")}


@pytest.mark.parametrize(("missing", "lost"), [(1, False), (2, True)])
def test_one_sample_of_rounding_is_no_loss(request_state, missing, lost):
    request_state.stages.encoder.taken -= missing
    assert losses(request_state) == ({"chunker → encoder": (missing, "lost")} if lost else {})


def test_client_is_compared_once_it_has_reported(request_state):
    request_state.client.bytes = 2 * SAMPLES - 10
    assert losses(request_state) == {}
    request_state.client.events["received"] += 1
    assert losses(request_state) == {"transport → client": (10, "in_flight")}
    request_state.client.ended = True
    assert losses(request_state) == {"transport → client": (10, "lost")}
