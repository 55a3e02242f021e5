"""`POST /v1/tts/sse`: the audio of `/v1/tts/generate` in Server-Sent Events."""

import base64
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Annotated, Protocol

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response
from starlette.types import Send

from api.answers import INLINE_ERRORS, Answers, error_answers
from api.auth import GenerateCaller
from api.dependencies import Service
from api.events import Event, EventBuilder, error_event
from api.examples import GENERATE
from api.markup import write_utterance
from api.references import GenerateRequest
from api.responses import SpeechResponse, rate_headers, warning_headers
from api.synthesizing import Synthesizer, arrival_of
from audio.frames import Frame
from core.request_state import Arrival, RequestState
from services.speech import SpeechService
from services.synthesis import Synthesis
from shared.errors import ServiceError

FRAME_MS = 100
"""Audio of one `audio` event, in ms; that of the first events is shorter."""
HEADERS = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}

_EVENTS: Answers = {
    200: {"content": {"text/event-stream": {}}, "description": "start, audio, chunk, metrics, end, error"}
}

router = APIRouter(tags=["Speech"])


@router.post("/v1/tts/sse", response_class=Response, responses=_EVENTS | error_answers(*INLINE_ERRORS))
async def stream_events(
    body: Annotated[GenerateRequest, Body(openapi_examples=GENERATE)],
    request: Request,
    synthesize: Synthesizer,
    service: Service,
    caller: GenerateCaller,
    trace: Annotated[bool, Query(description="send a `metrics` event after every `audio`")] = False,
) -> Response:
    """Speak a text in events: `start`, then `audio` (base64, 100 ms) and `chunk` (position of its text), then `end`.

    The `data` of every event is a JSON object with `type`, `seq` (number of the frame for `audio`, else of the event)
    and `ts_ms` (since the request arrived). Before the first audio an error has its HTTP status; after it, an error is
    the last event, `error`.
    """
    utterance = await write_utterance(body.model_copy(update={"stream": True}), body.text, service, caller)
    arrival = arrival_of(request)
    builder = EventBuilder(arrival.id, verbose=body.normalize_verbose, trace=trace)
    return EventsResponse(synthesize(utterance), service, SpeechEvents(builder, arrival))


class EventFormat(Protocol):
    """Format of the events of an answer. Each method returns the events that are due, in order."""

    def begin(self, request: RequestState) -> Iterable[Event]:
        """Build the events due before the first frame, which has been generated."""
        ...

    def audio(self, frame: Frame) -> Iterable[Event]:
        """Build the events of a frame."""
        ...

    def close(self) -> Iterable[Event]:
        """Build the events due after the last frame, while the synthesis is open."""
        ...

    def end(self) -> Iterable[Event]:
        """Build the events due after the synthesis has ended and all frames were sent."""
        ...

    def fail(self, error: ServiceError) -> Iterable[Event]:
        """Build the last events of a synthesis that failed after its first frame."""
        ...


class SpeechEvents:
    """Events of `/v1/tts/sse`, each with `seq` and `ts_ms`."""

    def __init__(self, builder: EventBuilder, arrival: Arrival) -> None:
        self._builder, self._arrival = builder, arrival
        self._seq = 0

    def begin(self, request: RequestState) -> Iterator[Event]:
        self._builder.follow(request)
        yield self._stamped(self._builder.start())

    def audio(self, frame: Frame) -> Iterator[Event]:
        audio: Event = {"type": "audio", "audio": base64.b64encode(frame.data).decode("ascii")}
        yield self._stamped(audio | {"seq": frame.seq, "samples": frame.samples})
        yield from map(self._stamped, self._builder.after(frame))

    def close(self) -> Iterator[Event]:
        yield from map(self._stamped, self._builder.close())

    def end(self) -> Iterator[Event]:
        yield self._stamped(self._builder.end())

    def fail(self, error: ServiceError) -> Iterator[Event]:
        yield self._stamped(error_event(error, self._arrival.id))

    def _stamped(self, event: Event) -> Event:
        ts_ms = round((time.perf_counter() - self._arrival.at) * 1000, 1)
        stamped = {"seq": self._seq, "ts_ms": ts_ms} | event
        if event["type"] != "audio":
            self._seq += 1
        return stamped


class EventsResponse(SpeechResponse):
    """A synthesis as events. A failure after the status line becomes an event, after which the body ends."""

    head = HEADERS

    def __init__(
        self,
        synthesis_context: AbstractAsyncContextManager[Synthesis],
        service: SpeechService,
        format: EventFormat,
        *,
        warnings: Sequence[str] = (),
    ) -> None:
        super().__init__(synthesis_context, service)
        self._format, self._warnings = format, warnings

    async def _answer(self, send: Send) -> None:
        async with self._enter_synthesis() as synthesis, aclosing(synthesis.framed(FRAME_MS)) as frames:
            frame = await self._first_of(frames, None)
            seed = {"X-Seed": str(synthesis.request.utterance.sampling.seed)}
            limits = rate_headers(synthesis.request.allowance)
            await self._start(send, self.head | seed | limits | warning_headers(self._warnings))
            await self._send_events(send, self._format.begin(synthesis.request))
            while frame is not None:
                await self._send_events(send, self._format.audio(frame))
                synthesis.sent(len(frame.data), samples=frame.samples)
                frame = await anext(frames, None)
            await self._send_events(send, self._format.close())
        await self._send_events(send, self._format.end())
        synthesis.delivered()
        await self._end(send)

    async def _fail(self, send: Send, error: ServiceError) -> None:
        await self._send_events(send, self._format.fail(error))
        await self._end(send)

    async def _send_events(self, send: Send, events: Iterable[Event]) -> None:
        for event in events:
            await self._give(send, self._line(event).encode())

    def _line(self, event: Event) -> str:
        return f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"
