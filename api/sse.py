"""`POST /v1/tts/sse`: the speech of `/v1/tts/generate` as Server-Sent Events."""

import base64
import json
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Annotated, Protocol

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response
from starlette.types import Send

from api.answers import SPEECH_ERRORS, Answers, error_answers
from api.dependencies import Service
from api.events import Event, EventBuilder, error_event
from api.examples import GENERATE
from api.responses import SpeechResponse, rate_headers
from api.schemas import GenerateRequest
from api.synthesizing import Synthesizer, arrival_of
from audio.frames import Frame
from core.request_state import Arrival, RequestState
from services.speech import SpeechService
from services.synthesis import Synthesis
from shared.errors import ServiceError

FRAME_MS = 100  # of an `audio` event, the first ones shorter
HEADERS = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}

_EVENTS: Answers = {
    200: {"content": {"text/event-stream": {}}, "description": "start, audio, chunk, metrics, end, error"}
}

router = APIRouter(tags=["Speech"])


@router.post("/v1/tts/sse", response_class=Response, responses=_EVENTS | error_answers(*SPEECH_ERRORS))
async def stream_events(
    body: Annotated[GenerateRequest, Body(openapi_examples=GENERATE)],
    request: Request,
    synthesize: Synthesizer,
    service: Service,
    trace: Annotated[bool, Query(description="a `metrics` event behind every `audio`")] = False,
) -> Response:
    """Speak a text as events: `start`, then `audio` (base64, 100 ms) and `chunk` (where its text lies), then `end`.

    Every event's `data` is a JSON object with `type`, `seq` (of `audio` the frame's number, of others the event's) and
    `ts_ms` (since the request arrived). Before the first sound an error has its HTTP status; after it, it is an `error`
    event, the last.
    """
    sampling = service.runtime().checkpoint.sampling
    utterance = body.model_copy(update={"stream": True}).utterance(service.voices, sampling)
    arrival = arrival_of(request)
    builder = EventBuilder(arrival.id, verbose=body.normalize_verbose, trace=trace)
    return EventsResponse(synthesize(utterance), service, SpeechEvents(builder, arrival))


class EventFormat(Protocol):
    """The events of an answer. Each method returns those that are due, in order."""

    def begin(self, request: RequestState) -> Iterable[Event]:
        """Build the events due before the first sound, which exists."""
        ...

    def sound(self, frame: Frame) -> Iterable[Event]:
        """Build the events of a frame."""
        ...

    def close(self) -> Iterable[Event]:
        """Build the events due after the last sound; the synthesis is still open."""
        ...

    def end(self) -> Iterable[Event]:
        """Build the events due once the synthesis has ended and everything was sent."""
        ...

    def fail(self, error: ServiceError) -> Iterable[Event]:
        """Build the last events of a synthesis that has begun."""
        ...


class SpeechEvents:
    """The events of `/v1/tts/sse`, each with `seq` and `ts_ms`."""

    def __init__(self, builder: EventBuilder, arrival: Arrival) -> None:
        self._builder, self._arrival = builder, arrival
        self._seq = 0

    def begin(self, request: RequestState) -> Iterator[Event]:
        self._builder.follow(request)
        yield self._stamped(self._builder.start())

    def sound(self, frame: Frame) -> Iterator[Event]:
        sound: Event = {"type": "audio", "audio": base64.b64encode(frame.data).decode("ascii")}
        yield self._stamped(sound | {"seq": frame.seq, "samples": frame.samples})
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
    """The synthesis as events. A failure after the status line is an event, and then the body ends."""

    def __init__(
        self, opened: AbstractAsyncContextManager[Synthesis], service: SpeechService, format: EventFormat
    ) -> None:
        super().__init__(opened, service)
        self._format = format

    async def _answer(self, send: Send) -> None:
        async with self._synthesizing() as synthesis, aclosing(synthesis.framed(FRAME_MS)) as frames:
            frame = await self._first_of(frames, None)
            await self._start(send, HEADERS | rate_headers(synthesis.request.allowance))
            await self._tell(send, self._format.begin(synthesis.request))
            while frame is not None:
                await self._tell(send, self._format.sound(frame))
                synthesis.sent(len(frame.data), samples=frame.samples)
                frame = await anext(frames, None)
            await self._tell(send, self._format.close())
        await self._tell(send, self._format.end())
        synthesis.settle()
        await self._end(send)

    async def _fail(self, send: Send, error: ServiceError) -> None:
        await self._tell(send, self._format.fail(error))
        await self._end(send)

    async def _tell(self, send: Send, events: Iterable[Event]) -> None:
        for event in events:
            data = json.dumps(event, ensure_ascii=False)
            await self._give(send, f"event: {event['type']}\ndata: {data}\n\n".encode())
