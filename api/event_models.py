"""Models of the events that `/v1/tts/sse` and `/v1/tts/ws` send. They describe events; `EventBuilder` builds them.

The documentation is generated from these models, and tests/api/test_event_models.py validates every event that is
really sent against them.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.completeness import CompletenessInfo
from api.schemas import ErrorDetail, MarkupInfo
from api.word_times import ToldWord

_MILLISECONDS = "milliseconds from the request's arrival to the end of each stage; `queue` is the wait for a slot alone"


class SentEvent(BaseModel):
    """Fields of every event."""

    model_config = ConfigDict(extra="forbid", strict=True)

    context_id: str | None = Field(
        None, description="WebSocket only: the context that the event belongs to; `null` where it belongs to none"
    )
    seq: int = Field(ge=0, description="number of the event, from 0; of an `audio` event, number of its frame")
    ts_ms: float = Field(
        ge=0, description="milliseconds since the request arrived; on a WebSocket, since it was accepted"
    )


class StartEvent(SentEvent):
    """First event of an answer or of a context. It is sent once the first audio exists."""

    type: Literal["start"]
    request_id: str = Field(description="id of the request in logs, records and traces")
    speaker: str = Field(description="id of the voice, where an alias was sent as well")
    format: str = Field(description="encoding of the audio")
    content_type: str = Field(description="media type of the joined audio")
    sample_rate: int = Field(description="in Hz")
    sr_applied: bool = Field(description="whether super-resolution makes the audio")
    mark_applied: bool = Field(description="whether the audio has the quiet mark of synthetic speech")
    seed: int = Field(description="the seed that was sent, or the fresh one that was drawn")
    spoken_text: str | None = Field(None, description="with `normalize_verbose`: the text as it is spoken")
    markup: MarkupInfo | None = Field(
        None, description="for a text with markup: what was applied and what ignored, as far as the text has arrived"
    )
    alignment_unavailable: str | None = Field(
        None, description="with `timestamps`: the reason why no times of words are told"
    )


class AudioEvent(SentEvent):
    """One frame of audio. All frames joined are the file."""

    type: Literal["audio"]
    audio: str = Field(description="bytes of the frame, in base64")
    samples: int = Field(description="samples that the frame adds to the audio")


class ProgressEvent(SentEvent):
    """Announce the context and the position of the next binary message.

    It is sent every 50 frames, and whenever the next frame belongs to another context than the frame before.
    """

    type: Literal["progress"]
    frame: int = Field(description="number of the next frame in its context")
    seconds: float = Field(description="position of its first sample in the context's audio")


class ChunkEvent(SentEvent):
    """Position of one chunk of the text in the audio. It is sent when the chunk has ended."""

    type: Literal["chunk"]
    index: int = Field(description="number of the chunk, from 0")
    text: str = Field(description="the chunk as it is spoken")
    start_s: float = Field(description="seconds from the start of the audio")
    end_s: float = Field(description="seconds from the start of the audio")


class MarkEvent(SentEvent):
    """Time of a `mark` of the markup. It is sent as soon as the time is known, before the chunk's `chunk` event."""

    type: Literal["mark"]
    name: str = Field(description="name of the mark")
    at_s: float = Field(description="seconds from the start of the audio")
    exact: bool = Field(description="whether sound begins or ends there; else the time is estimated within a chunk")


class WordsEvent(SentEvent):
    """Times of words, where `timestamps` asks for them. It is sent before the audio in which the words begin.

    A word that still sounds at the end of that audio has no end yet: it comes again with it, in the next event.
    """

    type: Literal["words"]
    words: list[ToldWord] = Field(description="words in the order of the audio")


class MetricsEvent(SentEvent):
    """Measurements of one frame. It is sent after each frame with `?trace=1`."""

    type: Literal["metrics"]
    frame: int = Field(description="number of the frame")
    bytes: int = Field(description="bytes of the frame")
    samples: int = Field(description="samples that the frame adds to the audio")
    made_ms: float = Field(description="milliseconds from the request's arrival to the encoded frame")
    tokens: int = Field(description="tokens generated so far")
    rtf: float = Field(description="real-time factor so far")
    timings_ms: dict[str, float] = Field(description=_MILLISECONDS)
    queued: int | None = Field(None, description="WebSocket only: messages that wait for the client")


class FlushedEvent(SentEvent):
    """Everything before a `flush` has been spoken."""

    type: Literal["flushed"]


class CancelledEvent(SentEvent):
    """A context has ended without the rest of its audio; its engine requests have ended as well."""

    type: Literal["cancelled"]
    spoken_to: ToldWord | None = Field(
        None, description="with `timestamps`: the last word that was heard; `null` if none was, or if it is not known"
    )


class PausedEvent(SentEvent):
    """Audio and its events stop until `resume`."""

    type: Literal["paused"]


class ResumedEvent(SentEvent):
    """Audio and its events go on."""

    type: Literal["resumed"]


class PongEvent(SentEvent):
    """Answer to a `ping`."""

    type: Literal["pong"]


class StoppingEvent(SentEvent):
    """The service stops. What was sent is spoken, and the server closes the connection with 1012 when all has ended.

    A new context is refused: open another connection for it.
    """

    type: Literal["stopping"]
    seconds: float = Field(description="seconds after which contexts that still speak are ended with an `error`")


class EndEvent(SentEvent):
    """Last event of an answer or of a context: everything was sent. The last three fields need some audio."""

    type: Literal["end"]
    seconds: float = Field(description="seconds of audio")
    tokens: int = Field(description="tokens that the language model generated")
    chunks: int = Field(description="chunks of text that were spoken")
    seed: int | None = Field(None, description="as in `start`")
    ttfb_ms: float | None = Field(None, description="milliseconds from the request's arrival to its first audio")
    rtf: float | None = Field(None, description="real-time factor: seconds taken for each second of audio")
    markup: MarkupInfo | None = Field(None, description="WebSocket only: the report of all markup of the text")
    completeness: CompletenessInfo | None = Field(None, description="whether every word was spoken, if it was checked")
    alignment_unavailable: str | None = Field(
        None, description="if the aligner failed on the way: words behind those that were told have no times"
    )


class ErrorEvent(SentEvent):
    """An error. Over SSE it is the last event; on a WebSocket the other contexts are spoken to their end."""

    type: Literal["error"]
    error: ErrorDetail = Field(description="`code`, `message` and, where there are any, `details`")
    request_id: str = Field(description="id of the request in logs, records and traces")


SseEvent = Annotated[
    StartEvent | AudioEvent | WordsEvent | ChunkEvent | MarkEvent | MetricsEvent | EndEvent | ErrorEvent,
    Field(discriminator="type"),
]
"""Every event of `/v1/tts/sse`."""

SocketEvent = Annotated[
    StartEvent
    | ProgressEvent
    | WordsEvent
    | ChunkEvent
    | MarkEvent
    | MetricsEvent
    | FlushedEvent
    | CancelledEvent
    | PausedEvent
    | ResumedEvent
    | PongEvent
    | StoppingEvent
    | EndEvent
    | ErrorEvent,
    Field(discriminator="type"),
]
"""Every JSON message that `/v1/tts/ws` sends."""
