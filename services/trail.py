"""One performance on its way to its client: what each stage took and gave, and what became of the difference.

The stages count for themselves (`core.flow`); here the counts are compared. Holds neither text nor sound.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from core.flow import Passage
from core.pipeline import Speech
from shared.metrics import Metrics
from shared.types import Utterance

SLACK_S, SLACK = 0.06, 0.015  # by which a changed speed may miss its length: sonic works in whole pitch periods
UNITS = {  # of a stage's steps, of what it takes and of what it gives
    "engine": ("deltas", "", "tokens"),
    "codec": ("windows", "tokens_in", "samples"),
    "chunker": ("blocks", "samples_in", "samples"),
    "encoder": ("pieces", "samples_in", "bytes"),
    "transport": ("sent", "", "bytes"),
}

Tally = Counter[tuple[str, str]]
"""(stage, event) -> how many; ("A → B", "gave" | "lost" | "in_flight" | "abandoned") -> how many units."""


class State(StrEnum):
    """How far a performance has come."""

    SPEAKING = "speaking"
    SPOKEN = "spoken"  # all of it was made; the transport has not sent it all
    SENT = "sent"
    ABANDONED = "abandoned"  # nobody waits for the rest: the client left, or it failed


@dataclass(frozen=True, slots=True)
class Crossing:
    """Units that one stage gave, how many of them the next one did not take, and what that means."""

    between: str
    gave: int
    missing: int
    fate: str

    def tally(self) -> Tally:
        return Counter({(self.between, "gave"): self.gave, (self.between, self.fate): max(self.missing, 0)})


class Watcher(Protocol):
    """Who keeps the trails."""

    def note(self, stage: str, event: str, session: str, data: Mapping[str, object]) -> None: ...
    def closed(self, trail: "Trail") -> None:
        """Nothing more will be sent of it."""
        ...


class Trail:
    """Whoever sends the performance on tells it what was sent, and when that was all (`settle`, or `abandon`)."""

    def __init__(
        self, id: str, utterance: Utterance, speech: Speech, *, arrived: float, metrics: Metrics, watcher: Watcher
    ) -> None:
        self.id, self.voice_id, self.stream = id, utterance.voice.id, utterance.stream
        self.arrived, self.begun, self.state = arrived, time.perf_counter(), State.SPEAKING
        self.flow = speech.progress.flow
        self.paused: Callable[[], bool] = lambda: False
        self.client: Counter[str] = Counter()
        self.client_bytes, self.client_ended = 0, False
        self._rate, self._speed = utterance.rate, utterance.speed
        self._speech: Speech | None = speech  # while it is spoken, for it holds the text
        self._retried = False
        self._metrics, self._watcher = metrics, watcher

    @property
    def open(self) -> bool:
        return self.state in (State.SPEAKING, State.SPOKEN)

    @property
    def queued(self) -> int:
        """Pieces that were made for somebody who listens, and wait to be sent."""
        return self.flow.encoder.steps - self.flow.transport.steps if self.stream and self.open else 0

    def sent(self, size: int, *, samples: int = 0) -> None:
        """The connection has taken so many bytes, which are so many samples where that is known."""
        passage = self.flow.transport
        before, known = passage.last, passage.steps
        passage.saw(given=size)
        if known and samples:
            self._metrics.jitter.observe(abs(passage.last - before - samples / self._rate))

    def late(self, seconds: float) -> None:
        """A block came so long after the sound before it had been played."""
        self._watcher.note("transport", "underrun", self.id, {"late_ms": round(seconds * 1000, 1)})

    def spoken(self) -> None:
        """All of it was made."""
        self._measure()
        self.state, self._speech = State.SPOKEN, None

    def settle(self) -> None:
        """The connection has taken everything."""
        self._end(State.SENT)

    def abandon(self) -> None:
        """Nobody waits for what was not sent. Without effect once everything was."""
        self._end(State.ABANDONED)

    def _end(self, state: State) -> None:
        if self.open:
            self._measure()
            self.state, self._speech = state, None
            self._watcher.closed(self)

    def _measure(self) -> None:
        """How much sound the line should have given so far, at the answer's rate."""
        if self._speech:
            self.flow.chunker.given = round(self._speech.joint.samples / self._speech.samples_per_s * self._rate)
            self._retried = self._speech.progress.retries > 0

    def tally(self) -> Tally:
        self._measure()
        tally: Tally = Counter({("client", event): count for event, count in self.client.items()})
        for stage, passage in self.passages():
            counts = zip(UNITS[stage], (passage.steps, passage.taken, passage.given), strict=True)
            tally.update({(stage, unit): count for unit, count in counts if unit})
        for crossing in self.crossings():
            tally.update(crossing.tally())
        return tally

    def passages(self) -> Iterator[tuple[str, Passage]]:
        """The stages that count for themselves, in order."""
        for stage in UNITS:
            yield stage, getattr(self.flow, stage)

    def crossings(self) -> Iterator[Crossing]:
        """In samples up to the encoder, in bytes behind it."""
        flow = self.flow
        sound, sent = self._fate(ended=self.state is not State.SPEAKING), self._fate(ended=not self.open)
        # What was tried again had been spoken in part, for nobody.
        take = "abandoned" if self._retried and sound == "lost" else sound
        tokens = flow.engine.given * flow.hop
        yield Crossing("engine → codec", tokens, tokens - flow.codec.given, take)
        yield Crossing("codec → chunker", flow.codec.given, flow.codec.given - flow.chunker.taken, take)
        lacking = flow.chunker.given - flow.encoder.taken
        yield Crossing("chunker → encoder", flow.chunker.given, 0 if self._is_slack(lacking) else lacking, sound)
        yield Crossing("encoder → transport", flow.encoder.given, flow.encoder.given - flow.transport.given, sent)
        if self.client:
            missing = flow.transport.given - self.client_bytes
            yield Crossing("transport → client", flow.transport.given, missing, self._fate(ended=self.client_ended))

    def _fate(self, *, ended: bool) -> str:
        """What it means that something is missing."""
        return "abandoned" if self.state is State.ABANDONED else "lost" if ended else "in_flight"

    def _is_slack(self, lacking: int) -> bool:
        """A rounded length, or what a change of speed leaves open."""
        if self._speed == 1.0:
            return lacking <= 1
        return lacking <= SLACK_S * self._rate + SLACK * self.flow.encoder.taken
