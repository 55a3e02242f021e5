"""Holdings, metrics and log of one request, with a fake engine and a fake account."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from core.request_state import Arrival, CancelReason, Phase, RequestState
from services.accounts.caller import ANONYMOUS
from services.audio_debug import AudioDebug
from services.request_runner import RequestRunner
from shared.config import Settings
from shared.errors import ClientStalled, Overloaded, RateLimited
from shared.metrics import Metrics
from shared.types import Utterance
from tests.api.conftest import open_fake_runtime
from tests.fakes import FakeEngine
from tests.services.accounts.conftest import sample


class FakeAccounts:
    """Opens one account at a time; can refuse. Text that follows is admitted in capitals; all sound is covered."""

    def __init__(self) -> None:
        self.held = self.recorded_count = 0
        self.refusal: Exception | None = None

    @asynccontextmanager
    async def open(self, request, caller, *, model_version):
        if self.refusal:
            raise self.refusal
        self.held += 1
        try:
            yield self
        finally:
            self.held -= 1

    async def recorded(self) -> None:
        self.recorded_count += 1

    async def admitted(self, more):
        async for text in more:
            yield text.upper()

    def covered(self, blocks):
        return blocks


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def settings() -> Settings:
    return Settings(window_first=4, window_lookahead=3, max_running=1, max_waiting=0)


@pytest.fixture
def runner(settings, metrics) -> RequestRunner:
    return RequestRunner(settings, metrics, AudioDebug(metrics))


@pytest.fixture
def accounts() -> FakeAccounts:
    return FakeAccounts()


@pytest.fixture
def engine(tiny) -> FakeEngine:
    return FakeEngine(tiny.vocabulary)


@pytest.fixture
async def runtime(tiny, engine, settings):
    async with open_fake_runtime(tiny, engine)(settings) as opened:
        yield opened


def state(runtime, text: str = "Hello there.", id: str = "request-1") -> RequestState:
    checkpoint = runtime.checkpoint
    utterance = Utterance(
        text, checkpoint.voices[0], checkpoint.sampling, runtime.codec.rate, stream=True, format="pcm"
    )
    return RequestState(Arrival(id, 0.0), utterance)


@pytest.fixture
def released(runner, accounts, engine):
    """Return a check that no request holds anything."""

    def check() -> None:
        assert (runner.running, runner.waiting, accounts.held, engine.unfinished) == (0, 0, 0, 0)

    return check


async def test_completed_request_is_recorded_counted_and_released(runner, runtime, accounts, metrics, released):
    request = state(runtime)
    async with runner.open_synthesis(runtime, accounts, request, ANONYMOUS, None) as synthesis:
        assert (runner.running, accounts.held) == (1, 1)
        async for piece in synthesis.encoded():
            synthesis.sent(len(piece))
    synthesis.delivered()
    released()
    assert request.stages.transport.given == 2 * request.samples > 0 and request.phase is Phase.SENT
    assert accounts.recorded_count == 1, "before the first sound"
    labels = {"speaker": request.utterance.voice.id, "stream": "true"}
    assert sample(metrics, "requests_total", **labels, format="pcm") == 1
    assert sample(metrics, "requests_completed_total", **labels, status="ok") == 1
    assert sample(metrics, "tokens_generated_total") == request.tokens > 0


async def test_refused_request_holds_neither_slot_nor_engine(runner, runtime, accounts, engine, released):
    accounts.refusal = RateLimited("too many", retry_after_s=1)
    with pytest.raises(RateLimited):
        async with runner.open_synthesis(runtime, accounts, state(runtime), ANONYMOUS, None):
            pytest.fail("it was admitted")
    released()
    assert engine.started == 0


async def test_request_without_a_slot_gives_its_account_back(runner, runtime, accounts, released):
    async with runner.open_synthesis(runtime, accounts, state(runtime), ANONYMOUS, None):
        with pytest.raises(Overloaded):
            async with runner.open_synthesis(runtime, accounts, state(runtime, id="request-2"), ANONYMOUS, None):
                pytest.fail("it was admitted")
        assert accounts.held == 1
    released()


async def test_cancelled_request_is_counted_by_its_reason(runner, runtime, accounts, engine, metrics, released):
    engine.forever = True
    request, speaking = state(runtime), asyncio.Event()

    async def speak() -> None:
        async with runner.open_synthesis(runtime, accounts, request, ANONYMOUS, None) as synthesis:
            async for _ in synthesis.encoded():
                speaking.set()

    task = asyncio.create_task(speak())
    await asyncio.wait_for(speaking.wait(), 10)
    request.cancel_reason = CancelReason.CANCELLED
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    released()
    assert sample(metrics, "requests_aborted_total", reason="cancelled") == 1


async def test_stalled_client_is_counted(runner, runtime, accounts, metrics, released):
    request = state(runtime)
    with pytest.raises(ClientStalled):
        async with runner.open_synthesis(runtime, accounts, request, ANONYMOUS, None):
            raise ClientStalled("it reads nothing")
    released()
    assert request.cancel_reason is CancelReason.STALLED
    assert sample(metrics, "requests_aborted_total", reason="stalled") == 1


async def test_following_text_is_admitted_before_it_is_spoken(runner, runtime, accounts, released):
    async def more():
        yield "and more."

    request = state(runtime)
    async with runner.open_synthesis(runtime, accounts, request, ANONYMOUS, more()) as synthesis:
        async for _ in synthesis.encoded():
            pass
    released()
    assert [chunk.text for chunk in request.script.chunks][-1] == " AND MORE."
