"""The state of one request, from its arrival to the last byte sent. Data and arithmetic only: no clock, no I/O.

One object accounts for a request. Each field has one writer, named beside it; record, charge, metrics, trace and events
read it at the exit. All times are `time.perf_counter()`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from audio.seams import Timeline
from core.scheduling.stream_state import StreamState
from processing.script import Script
from shared.deadline import Deadline
from shared.types import Allowance, TextChunk, Utterance


class Phase(StrEnum):
    """How far a request has come."""

    SPEAKING = "speaking"  # sound is being made
    SPOKEN = "spoken"  # all sound is made; the transport has not sent it all
    SENT = "sent"
    ABANDONED = "abandoned"  # the rest will not be sent: the client left, or the request failed


class CancelReason(StrEnum):
    """Why a request that is cancelled ends."""

    CLIENT_LEFT = "client_left"
    CANCELLED = "cancelled"  # the client stays and asked for silence
    STALLED = "stalled"  # the client takes nothing


@dataclass(slots=True)
class StageStats:
    """Count what one stage took and gave, in the stage's own units, and when it first and last did."""

    steps: int = 0
    taken: int = 0
    given: int = 0
    first_at: float = 0.0
    last_at: float = 0.0

    def record(self, now: float, *, taken: int = 0, given: int = 0) -> None:
        """Add one step. Costs a few additions; tests/api/test_debug.py bounds it to a microsecond."""
        self.last_at = now
        if not self.steps:
            self.first_at = now
        self.steps += 1
        self.taken += taken
        self.given += given


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of the line that count, in order."""

    engine: StageStats = field(default_factory=StageStats)  # deltas; gives semantic tokens
    codec: StageStats = field(default_factory=StageStats)  # windows; takes tokens, gives samples
    chunker: StageStats = field(default_factory=StageStats)  # blocks; takes samples, gives samples at the answer's rate
    encoder: StageStats = field(default_factory=StageStats)  # pieces; takes samples at the answer's rate, gives bytes
    transport: StageStats = field(default_factory=StageStats)  # pieces; gives bytes to the client's connection


@dataclass(slots=True)
class ClientStats:
    """Events that the client's player reported of itself."""

    events: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """Name a request: `id` is the answer's, `at` when it arrived, `deadline` its wait for stores."""

    id: str
    at: float
    deadline: Deadline = field(default_factory=Deadline)


@dataclass(slots=True, eq=False)
class RequestState:
    """One request: what was asked, how far it is, and what it has come to."""

    arrival: Arrival
    utterance: Utterance
    cancel_reason: CancelReason = CancelReason.CLIENT_LEFT  # transport, before it cancels the task

    # SpeechService
    allowance: Allowance | None = None
    queued_s: float = 0.0
    started_at: float = 0.0  # when it had its slot
    phase: Phase = Phase.SPEAKING

    # Pipeline
    script: Script | None = None
    script_at: float | None = None
    playback: StreamState | None = None
    timeline: Timeline = field(default_factory=Timeline)
    hop: int = 0  # samples of one token, at the codec's rate
    samples_per_s: float = 0.0  # of `timeline`, for one second of the finished sound
    super_resolved: bool = False
    first_token_at: float | None = None
    tokens: int = 0
    retries: int = 0
    stages: Stages = field(default_factory=Stages)  # encoder: Synthesis; transport: the transport

    # Synthesis
    first_audio_at: float | None = None
    last_audio_at: float = 0.0
    blocks: int = 0
    samples: int = 0

    # Transport
    paused: bool = False
    client: ClientStats = field(default_factory=ClientStats)  # AudioDebug

    @property
    def id(self) -> str:
        return self.arrival.id

    @property
    def is_open(self) -> bool:
        """Report whether bytes of it may still be sent."""
        return self.phase in (Phase.SPEAKING, Phase.SPOKEN)

    @property
    def seconds(self) -> float:
        """Return the seconds of finished sound so far."""
        return self.samples / self.utterance.rate

    @property
    def chunks(self) -> int:
        """Return the number of text chunks so far."""
        return len(self.script.chunks) if self.script else 0

    @property
    def unsent_pieces(self) -> int:
        """Return the pieces of a stream that wait for the client's connection."""
        stages = self.stages
        return stages.encoder.steps - stages.transport.steps if self.utterance.stream and self.is_open else 0

    def ttfb_s(self, now: float) -> float:
        """Return the seconds from arrival to the first audio block, or so far."""
        return (self.first_audio_at or now) - self.arrival.at

    def elapsed_s(self, now: float) -> float:
        return now - self.arrival.at

    def rtf(self, now: float) -> float:
        """Return the seconds since arrival for each second of sound so far; 0 before the first."""
        return self.elapsed_s(now) / self.seconds if self.samples else 0.0

    def timings_s(self) -> dict[str, float]:
        """Return the seconds from arrival to the end of each stage (`queue`: the wait alone), those that are known."""
        marks = {"normalize": self.script_at, "first_token": self.first_token_at, "first_audio": self.first_audio_at}
        ends = {name: at - self.arrival.at for name, at in marks.items() if at is not None}
        return {"queue": self.queued_s} | ends

    def spans(self) -> Iterator[tuple[TextChunk, float, float]]:
        """Yield where each chunk begun so far lies in the sound: chunk, start and end in seconds."""
        edges = [*self.timeline.starts, self.timeline.samples]
        for chunk, start, end in zip(self.script.chunks if self.script else (), edges, edges[1:], strict=False):
            yield chunk, start / self.samples_per_s, end / self.samples_per_s
