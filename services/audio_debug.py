"""Where the sound of every performance is, and between which two stages some was lost.

It costs nothing where sound is made: stages count, and the counts are summed when somebody asks, and compared once when
a performance has ended. What is kept is bounded. docs/decisions/0017-watching.md has the reasons.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from core.pipeline import Speech
from services.trail import UNITS, Tally, Trail
from shared.logging import get_logger
from shared.metrics import Metrics
from shared.types import Utterance

KEPT = 200  # ended performances that can still be asked for one by one
RECENT = 500  # events
CLIENT_EVENTS = 32  # names that clients may invent; what comes after them is counted as `other`
STAGES = (*UNITS, "client")

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AudioEvent:
    """Something that happened to a session's sound. `at` is in seconds since 1970; `data` holds numbers and names."""

    at: float
    stage: str
    event: str
    session: str | None
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Account:
    """The sum over all performances, or over a session's. `events` are the latest, the oldest first."""

    tally: Tally
    events: tuple[AudioEvent, ...]

    def crossings(self) -> Iterator[tuple[str, dict[str, int]]]:
        """Between which stages, and how many units the first gave and the second did not take."""
        for between in dict.fromkeys(key for key, _ in self.tally if "→" in key):
            yield between, {what: self.tally[between, what] for what in ("gave", "lost", "in_flight", "abandoned")}

    def stages(self) -> dict[str, dict[str, int]]:
        return {stage: {event: n for (of, event), n in self.tally.items() if of == stage} for stage in STAGES}

    @property
    def efficiency(self) -> float:
        """Percent of the sound that was not lost on the way from the engine."""
        whole = 100.0
        for _, units in self.crossings():
            whole *= 1 - units["lost"] / units["gave"] if units["gave"] else 1.0
        return whole

    @property
    def steps(self) -> int:
        """Everything that was counted."""
        names = {stage: units[0] for stage, units in UNITS.items()}
        return sum(n for (stage, event), n in self.tally.items() if names.get(stage) == event or stage == "client")


class AudioDebug:
    """Follows every performance, and accounts for them."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._open: dict[Trail, None] = {}
        self._uncounted: set[Trail] = set()  # those that ran when everything was reset
        self._closed: deque[Trail] = deque()
        self._past: Tally = Counter()
        self._events: deque[AudioEvent] = deque(maxlen=RECENT)
        self._client_events: set[str] = set()
        self.record: Callable[[Trail], None] = lambda trail: None  # is told of each that has ended

    @property
    def trails(self) -> tuple[Trail, ...]:
        """Performances that are spoken, or not yet sent."""
        return tuple(self._open)

    @property
    def queued(self) -> int:
        """Pieces of streams that wait to be sent."""
        return sum(trail.queued for trail in self._open)

    @contextmanager
    def following(self, id: str, utterance: Utterance, speech: Speech, *, arrived: float) -> Iterator[Trail]:
        """While it is spoken. Whoever sends it on says afterwards, by `settle` or `abandon`, that it has ended."""
        trail = Trail(id, utterance, speech, arrived=arrived, metrics=self._metrics, watcher=self)
        self._open[trail] = None
        try:
            yield trail
        except BaseException:  # cancelled, too: whatever ended it, what was not sent is abandoned
            trail.abandon()
            raise
        trail.spoken()

    def note(self, stage: str, event: str, session: str | None, data: Mapping[str, object]) -> None:
        self._events.append(AudioEvent(time.time(), stage, event, session, data))

    def hear_client(self, event: str, data: Mapping[str, float], session: str | None) -> None:
        """What a player says of itself: `received` with its new `bytes`, `ended` when that was all, and others."""
        if event not in self._client_events and len(self._client_events) >= CLIENT_EVENTS:
            event = "other"
        self._client_events.add(event)
        trail = next((trail for trail in self._counted() if trail.id == session), None)
        self.note("client", event, trail.id if trail else None, data)
        if trail is None:
            self._past["client", event] += 1
            return
        trail.client[event] += 1
        if event == "received":
            trail.client_bytes += int(data.get("bytes", 0))
        trail.client_ended |= event == "ended"

    def account(self, session: str | None = None) -> Account:
        """Everything since the start or the last reset; of one session while it is among the KEPT last ones."""
        tally: Tally = Counter(self._past if session is None else {})
        clock = time.time() - time.perf_counter()
        events = [event for event in self._events if session is None or _is_of(session, event.session)]
        for trail in self._counted():
            if session is None or _is_of(session, trail.id):
                tally.update(trail.tally())
                events += _firsts(trail, clock)
        events.sort(key=lambda event: event.at)
        return Account(tally, tuple(events[-RECENT:]))

    def reset(self) -> None:
        """Begin again. What runs goes on and is counted no more: half a performance would look like a loss."""
        self._uncounted = set(self._open)
        self._closed.clear()
        self._past.clear()
        self._events.clear()
        self._client_events.clear()

    def _counted(self) -> list[Trail]:
        """The newest first."""
        return [trail for trail in (*reversed(self._open), *reversed(self._closed)) if trail not in self._uncounted]

    def closed(self, trail: Trail) -> None:
        """What is lost of it now, is."""
        del self._open[trail]
        self.note("transport", trail.state, trail.id, {"pieces": trail.flow.transport.steps})
        for crossing in trail.crossings():
            if crossing.fate == "lost" and crossing.missing > 0:
                self._lost(trail, crossing.between, crossing.missing)
        self.record(trail)
        if trail in self._uncounted:
            self._uncounted.remove(trail)
            return
        self._closed.append(trail)
        if len(self._closed) > KEPT:
            self._past.update(self._closed.popleft().tally())

    def _lost(self, trail: Trail, between: str, amount: int) -> None:
        self._metrics.audio_losses.labels(between).inc()
        self.note(between.rpartition(" ")[2], "lost", trail.id, {"between": between, "amount": amount})
        log.error("audio_lost", session=trail.id, between=between, amount=amount)


def _firsts(trail: Trail, clock: float) -> Iterator[AudioEvent]:
    """When it began, and when each stage first gave something; `perf_counter` lags `clock` behind the time of day."""
    yield AudioEvent(
        trail.begun + clock, "engine", "begun", trail.id, {"voice": trail.voice_id, "stream": trail.stream}
    )
    for stage, passage in trail.passages():
        if passage.steps:
            yield AudioEvent(passage.first + clock, stage, "first", trail.id, {})


def _is_of(session: str, id: str | None) -> bool:
    """A WebSocket's performances have its id, and a number behind it."""
    return id is not None and (id == session or id.rpartition("-")[0] == session)
