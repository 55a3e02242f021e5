"""Open and closed requests, events and the report; over HTTP: tests/api/test_debug.py."""

import pytest

from core.request_state import Arrival, Phase, RequestState
from services import audio_debug as module
from services.audio_debug import AudioDebug
from shared.metrics import Metrics
from shared.types import Sampling, Utterance, Voice
from tests.services.accounts.conftest import sample


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def debug(metrics) -> AudioDebug:
    return AudioDebug(metrics)


def state(id: str = "request-1") -> RequestState:
    utterance = Utterance("Hello.", Voice("v", "V"), Sampling(seed=7), 16_000, stream=True)
    return RequestState(Arrival(id, 0.0), utterance)


def spoken(debug: AudioDebug, request: RequestState, *, sent: int = 100) -> None:
    """Speak a request of 100 bytes, and send so many of them."""
    with debug.following(request):
        request.stages.encoder.record(1.0, given=100)
    request.stages.transport.record(2.0, given=sent)
    debug.close(request, Phase.SENT)


def test_request_is_open_until_it_is_sent(debug):
    request, exported = state(), []
    debug.export = exported.append
    with debug.following(request):
        assert debug.open_requests == (request,)
        request.stages.encoder.record(1.0, given=100)
        assert debug.unsent_packets == 1
    assert request.phase is Phase.SPOKEN and debug.open_requests == (request,)
    debug.close(request, Phase.SENT)
    debug.close(request, Phase.ABANDONED)
    assert request.phase is Phase.SENT and debug.open_requests == ()
    assert [trace.id for trace in exported] == ["request-1"]


def test_failed_request_is_abandoned(debug):
    request = state()
    with pytest.raises(ZeroDivisionError), debug.following(request):
        raise ZeroDivisionError
    assert request.phase is Phase.ABANDONED and debug.open_requests == ()


def test_loss_is_counted_and_named_and_lowers_the_efficiency(debug, metrics):
    spoken(debug, state())
    assert debug.report().efficiency == 100.0
    spoken(debug, state("request-2"), sent=50)
    assert sample(metrics, "audio_losses_total", between="encoder → transport") == 1
    report = debug.report()
    assert dict(report.losses())["encoder → transport"] == {"gave": 200, "lost": 50, "in_flight": 0, "abandoned": 0}
    assert report.efficiency == pytest.approx(75.0)
    assert any(event.event == "lost" and event.session == "request-2" for event in report.events)


def test_report_of_a_session_counts_its_requests_alone(debug):
    for id in ("session-1", "session-2", "other-1"):
        spoken(debug, state(id))
    assert debug.report("session").stages()["encoder"]["bytes"] == 200
    assert debug.report("other-1").stages()["encoder"]["bytes"] == 100
    assert debug.report().stages()["encoder"]["bytes"] == 300


def test_counts_of_forgotten_traces_stay_in_the_sum(debug, monkeypatch):
    monkeypatch.setattr(module, "MAX_CLOSED", 2)
    for number in range(5):
        spoken(debug, state(f"request-{number}"))
    assert debug.report().stages()["encoder"]["bytes"] == 500
    assert debug.report("request-0").stages()["encoder"] == {}
    assert debug.report("request-4").stages()["encoder"]["bytes"] == 100


def test_reset_ignores_requests_that_were_open(debug):
    request = state()
    with debug.following(request):
        request.stages.encoder.record(1.0, given=100)
        debug.reset()
    request.stages.transport.record(2.0, given=100)
    debug.close(request, Phase.SENT)
    assert debug.report().stages()["encoder"] == {}
    spoken(debug, state("request-2"))
    assert debug.report().stages()["encoder"]["bytes"] == 100


def test_events_of_clients_are_counted_for_their_session_and_bounded_in_names(debug, monkeypatch):
    monkeypatch.setattr(module, "MAX_CLIENT_EVENTS", 2)
    request = state()
    with debug.following(request):
        debug.record_client("received", {"bytes": 40}, "request-1")
        debug.record_client("underrun", {}, "unknown")
        debug.record_client("invented", {}, "request-1")
    assert request.client.bytes == 40 and dict(request.client.events) == {"received": 1, "other": 1}
    counts = debug.report().stages()["client"]
    assert counts == {"received": 1, "underrun": 1, "other": 1}
