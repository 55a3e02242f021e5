"""Audio debugging: follow the sound of every request, and find the stages between which some was lost.

Stages count while they work; the counts are summed for a report, and compared once when a request has ended.
Memory is bounded. docs/decisions/0017-watching.md gives the reasons.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from core.request_state import ClientStats, Phase, RequestState
from services.request_trace import UNITS, RequestTrace, Tally
from shared.logging import get_logger
from shared.metrics import Metrics

MAX_CLOSED = 200
"""Ended requests whose traces are kept one by one."""
MAX_EVENTS = 500
"""Events that are kept, of all requests."""
MAX_CLIENT_EVENTS = 32
"""Event names that clients may invent; later ones are counted as `other`."""
STAGES = (*UNITS, "client")

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AudioEvent:
    """One event of a request's sound. `at` is in seconds since 1970; `data` holds numbers and names."""

    at: float
    stage: str
    event: str
    session: str | None
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AudioReport:
    """The sum over all requests, or over those of one session. `events` are the latest, oldest first."""

    tally: Tally
    events: tuple[AudioEvent, ...]

    def losses(self) -> Iterator[tuple[str, dict[str, int]]]:
        """Yield each pair of stages with the units that the first gave and that the second did not take, by fate."""
        for between in dict.fromkeys(key for key, _ in self.tally if "→" in key):
            yield between, {fate: self.tally[between, fate] for fate in ("gave", "lost", "in_flight", "abandoned")}

    def stages(self) -> dict[str, dict[str, int]]:
        """Return each stage's counts by unit."""
        return {stage: {event: n for (of, event), n in self.tally.items() if of == stage} for stage in STAGES}

    @property
    def efficiency(self) -> float:
        """Return the percentage of the sound that was not lost on the way from the engine."""
        percent = 100.0
        for _, units in self.losses():
            percent *= 1 - units["lost"] / units["gave"] if units["gave"] else 1.0
        return percent

    @property
    def steps(self) -> int:
        """Return the number of all counted steps."""
        names = {stage: units[0] for stage, units in UNITS.items()}
        return sum(n for (stage, event), n in self.tally.items() if names.get(stage) == event or stage == "client")


class AudioDebug:
    """Open requests, and traces of the latest closed ones. `export` is called with each closed trace."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._open: dict[RequestState, None] = {}
        self._ignored: set[RequestState] = set()  # open when everything was reset: half of one would look like a loss
        self._closed: deque[RequestTrace] = deque()
        self._past: Tally = Counter()
        self._events: deque[AudioEvent] = deque(maxlen=MAX_EVENTS)
        self._client_events: set[str] = set()
        self.export: Callable[[RequestTrace], None] = lambda trace: None

    @property
    def open_requests(self) -> tuple[RequestState, ...]:
        """Return the requests that are spoken, or not yet sent, oldest first."""
        return tuple(self._open)

    @property
    def unsent_packets(self) -> int:
        """Return the packets of streams that wait for their clients' connections."""
        return sum(request.unsent_packets for request in self.open_requests)

    @contextmanager
    def following(self, request: RequestState) -> Iterator[None]:
        """Follow a request while it is spoken; `close` ends it once it is sent."""
        self._open[request] = None
        request.started_at = time.perf_counter()
        try:
            yield
        except BaseException:  # cancellation included: however it ended, the rest is not sent
            self.close(request, Phase.ABANDONED)
            raise
        request.phase = Phase.SPOKEN

    def close(self, request: RequestState, phase: Phase) -> None:
        """End an open request, which was sent or abandoned; closed ones stay as they are."""
        if not request.is_open:
            return
        request.phase = phase
        del self._open[request]
        self.note("transport", phase, request.id, {"pieces": request.stages.transport.steps})
        trace = RequestTrace.of(request)
        for loss in trace.losses():
            if loss.fate == "lost" and loss.missing > 0:
                self._lost(request.id, loss.between, loss.missing)
        self.export(trace)
        if request in self._ignored:
            self._ignored.remove(request)
            return
        self._closed.append(trace)
        if len(self._closed) > MAX_CLOSED:
            self._past.update(self._closed.popleft().tally())

    def note(self, stage: str, event: str, session: str | None, data: Mapping[str, object]) -> None:
        """Keep an event."""
        self._events.append(AudioEvent(time.time(), stage, event, session, data))

    def record_client(self, event: str, data: Mapping[str, float], session: str | None) -> None:
        """Keep a player's report: `received` with its new `bytes`, `ended` after the last, and others."""
        if event not in self._client_events and len(self._client_events) >= MAX_CLIENT_EVENTS:
            event = "other"
        self._client_events.add(event)
        client = self._client_of(session)
        self.note("client", event, session if client else None, data)
        if client is None:
            self._past["client", event] += 1
            return
        client.events[event] += 1
        if event == "received":
            client.bytes += int(data.get("bytes", 0))
        client.ended |= event == "ended"

    def report(self, session: str | None = None) -> AudioReport:
        """Sum everything since the start or the last reset; of one session while it is among the latest."""
        tally: Tally = Counter(self._past if session is None else {})
        clock = time.time() - time.perf_counter()
        events = [event for event in self._events if session is None or _is_of(session, event.session)]
        for trace in self._traces():
            if session is None or _is_of(session, trace.id):
                tally.update(trace.tally())
                events += _first_events(trace, clock)
        events.sort(key=lambda event: event.at)
        return AudioReport(tally, tuple(events[-MAX_EVENTS:]))

    def reset(self) -> None:
        """Start from zero. Open requests go on and are not counted."""
        self._ignored = set(self._open)
        self._closed.clear()
        self._past.clear()
        self._events.clear()
        self._client_events.clear()

    def _traces(self) -> Iterator[RequestTrace]:
        """Yield the counted traces, newest first."""
        yield from (RequestTrace.of(request) for request in reversed(self._open) if request not in self._ignored)
        yield from reversed(self._closed)

    def _client_of(self, session: str | None) -> ClientStats | None:
        return next((trace.client for trace in self._traces() if trace.id == session), None)

    def _lost(self, session: str, between: str, amount: int) -> None:
        self._metrics.audio_losses.labels(between).inc()
        self.note(between.rpartition(" ")[2], "lost", session, {"between": between, "amount": amount})
        log.error("audio_lost", session=session, between=between, amount=amount)


def _first_events(trace: RequestTrace, clock: float) -> Iterator[AudioEvent]:
    """Yield when a request began, and when each stage first gave something. `clock` is the time of day at 0."""
    voice = {"voice": trace.voice_id, "stream": trace.stream}
    yield AudioEvent(trace.started_at + clock, "engine", "begun", trace.id, voice)
    for stage, stats, _ in trace.counts():
        if stats.steps:
            yield AudioEvent(stats.first_at + clock, stage, "first", trace.id, {})


def _is_of(session: str, id: str | None) -> bool:
    """Report whether `id` is the session's: each request of a WebSocket has its id and a number."""
    return id is not None and (id == session or id.rpartition("-")[0] == session)
