"""State of one request, from its arrival to the last byte sent. Data and arithmetic only: no clock, no I/O.

A comment above each group of fields, or beside a field, names the component that writes it. Headers, events and live
reports read the state while it grows; record, charge, metrics and trace read it when the request ends. All times are
`time.perf_counter()`, in seconds.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from audio.seams import Timeline
from core.completeness import Completeness
from core.scheduling.stream_state import StreamState
from core.word_times import WordTimes
from processing.script import Script
from shared.deadline import Deadline
from shared.types import Allowance, TextChunk, Utterance


class Phase(StrEnum):
    """Progress of a request."""

    SPEAKING = "speaking"  # sound is being generated
    SPOKEN = "spoken"  # all sound is generated; the transport has not sent all of it
    SENT = "sent"
    ABANDONED = "abandoned"  # the rest will not be sent: the client disconnected, or the request failed


class CancelReason(StrEnum):
    """Cause of a cancelled request."""

    CLIENT_LEFT = "client_left"  # the client disconnected
    CANCELLED = "cancelled"  # the client cancelled the request and stays connected
    STALLED = "stalled"  # the client reads nothing
    STOPPED = "stopped"  # the service stops before the request has ended


@dataclass(slots=True)
class StageStats:
    """Input (`taken`) and output (`given`) of one stage, in the stage's own units, and the times of its steps."""

    steps: int = 0
    taken: int = 0
    given: int = 0
    first_at: float = 0.0
    last_at: float = 0.0

    def record(self, now: float, *, taken: int = 0, given: int = 0) -> None:
        """Add one step at the time `now`. Takes at most a microsecond (tests/api/test_debug.py)."""
        self.last_at = now
        if not self.steps:
            self.first_at = now
        self.steps += 1
        self.taken += taken
        self.given += given


@dataclass(frozen=True, slots=True)
class Stages:
    """Counts of the line's stages, in data order. Each comment names the stage's steps, its input and its output.

    SpeechLine writes the first three, Synthesis the others. `joiner` is called `chunker` in reports and metrics.
    """

    engine: StageStats = field(default_factory=StageStats)  # deltas; no input; semantic tokens
    codec: StageStats = field(default_factory=StageStats)  # windows; tokens; samples
    joiner: StageStats = field(default_factory=StageStats)  # blocks; samples; its output is `timeline`
    encoder: StageStats = field(default_factory=StageStats)  # packets; samples at the answer's rate; bytes
    transport: StageStats = field(default_factory=StageStats)  # packets; no input; bytes sent to the client


@dataclass(slots=True)
class ClientStats:
    """Events that the client's player has reported."""

    events: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """Identity of a request: the `id` of the answer, its arrival time `at`, and the deadline of its store accesses.

    `traceparent` names the span that the request belongs to, in W3C's form; "" where traces are not exported.
    """

    id: str
    at: float
    store_deadline: Deadline = field(default_factory=Deadline)
    traceparent: str = ""


@dataclass(slots=True, eq=False)
class RequestState:
    """Input, progress and results of one request."""

    arrival: Arrival
    utterance: Utterance
    part_id: str | None = None
    """Id of the part of a job that this request speaks, and of its credits; None for a live request."""
    cancel_reason: CancelReason = CancelReason.CLIENT_LEFT
    """Writers: a WebSocket context or a job's worker, before it cancels the task, and RequestRunner (the others)."""

    # Written by Accounts.open
    allowance: Allowance | None = None

    # Written by RequestRunner
    queued_s: float = 0.0

    # Written by AudioDebug
    started_at: float = 0.0  # when sound began to be generated: after the wait for a slot
    phase: Phase = Phase.SPEAKING
    client: ClientStats = field(default_factory=ClientStats)

    # Written by Pipeline and SpeechLine
    script: Script | None = None
    script_at: float | None = None
    playback: StreamState | None = None  # its content is written by StreamScheduler
    timeline: Timeline = field(default_factory=Timeline)  # its content is written by SeamJoiner
    hop: int = 0  # samples per token, at the codec's rate
    samples_per_s: float = 0.0  # samples of `timeline` per second of the answer's sound
    super_resolved: bool = False
    words: WordTimes | None = None  # None: not asked for, or unavailable; ChunkGeneration and the sender write in it
    alignment_unavailable: str | None = None  # the reason, where times were asked for or the aligner failed
    completeness: Completeness = field(default_factory=Completeness)  # written by ChunkGeneration, as the next one
    alignment_failed: bool = False  # the answer has no times from here on, and no completeness
    marked: bool = False
    first_token_at: float | None = None
    tokens: int = 0
    retries: int = 0  # written by core/attempts.py, as the next one
    without_transcript: bool = False  # a chunk was spoken without the transcript of its cloned voice
    stages: Stages = field(default_factory=Stages)

    # Written by Synthesis
    first_audio_at: float | None = None
    last_audio_at: float = 0.0
    blocks: int = 0
    samples: int = 0
    sent_samples: int = 0  # of a stream in frames

    # Written by SendQueue, of a WebSocket
    paused: bool = False

    def record_tokens(self, now: float, *, tokens: int, semantic: int) -> None:
        """Count one delta of the engine: all of its tokens, and the semantic ones among them."""
        if self.first_token_at is None:
            self.first_token_at = now
        self.tokens += tokens
        self.stages.engine.record(now, given=semantic)

    def lose_alignment(self, reason: str) -> None:
        """End the times of words and the completeness of the answer. Words that were told stay as they were told."""
        self.words, self.alignment_failed, self.alignment_unavailable = None, True, reason

    @property
    def id(self) -> str:
        return self.arrival.id

    @property
    def is_live(self) -> bool:
        """Report whether a client waits for the answer; parts of jobs have no client."""
        return self.part_id is None

    @property
    def is_open(self) -> bool:
        """Report whether more bytes of the answer may be sent."""
        return self.phase in (Phase.SPEAKING, Phase.SPOKEN)

    @property
    def is_generating(self) -> bool:
        """Report whether the engine or the decoder has work for the request."""
        return self.playback is None or self.playback.generating_chunks > 0

    @property
    def seconds(self) -> float:
        """Return the seconds of post-processed sound so far."""
        return self.samples / self.utterance.rate

    @property
    def chunks(self) -> int:
        """Return the number of text chunks so far."""
        return len(self.script.chunks) if self.script else 0

    @property
    def unsent_packets(self) -> int:
        """Return the number of encoded packets of a stream that the transport has not sent yet."""
        stages = self.stages
        return stages.encoder.steps - stages.transport.steps if self.utterance.stream and self.is_open else 0

    def ttfb_s(self, now: float) -> float:
        """Return the seconds from arrival to the first audio block; to `now` before there is one."""
        return (self.first_audio_at or now) - self.arrival.at

    def elapsed_s(self, now: float) -> float:
        return now - self.arrival.at

    def rtf(self, now: float) -> float:
        """Return the seconds since arrival for each second of sound so far; 0 before the first."""
        return self.elapsed_s(now) / self.seconds if self.samples else 0.0

    def timings_s(self) -> dict[str, float]:
        """Return the seconds from arrival to each mark that was reached. `queue` is the duration of the wait alone."""
        marks = {"normalize": self.script_at, "first_token": self.first_token_at, "first_audio": self.first_audio_at}
        ends = {name: at - self.arrival.at for name, at in marks.items() if at is not None}
        return {"queue": self.queued_s} | ends

    def spans(self) -> Iterator[tuple[TextChunk, float, float]]:
        """Yield each chunk that has begun, with its start and end in the sound, in seconds."""
        edges = [*self.timeline.starts, self.timeline.samples]
        for chunk, start, end in zip(self.script.chunks if self.script else (), edges, edges[1:], strict=False):
            yield chunk, start / self.samples_per_s, end / self.samples_per_s
