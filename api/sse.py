"""`POST /v1/tts/sse`: the speech of `/v1/tts/generate` as Server-Sent Events."""

import base64
import json
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Annotated, Protocol

from fastapi import APIRouter, Query, Request
from starlette.responses import Response
from starlette.types import Send

from api.auth import KEY_ANSWERS
from api.dependencies import Service
from api.events import Event, Narrator, told
from api.performing import Performer
from api.responses import SpeechResponse, first_of, rate_headers
from api.schemas import ErrorAnswer, GenerateRequest
from audio.frames import Frame
from services.performance import Performance
from services.speech import SpeechService
from shared.errors import ClientStalled, ServiceError

FRAME_MS = 100  # of an `audio` event, the first ones shorter
HEADERS = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}

router = APIRouter()


@router.post(
    "/v1/tts/sse",
    response_class=Response,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "start, audio, chunk, metrics, end, error"},
        400: {"model": ErrorAnswer},
        **KEY_ANSWERS,
        429: {"model": ErrorAnswer},
        503: {"model": ErrorAnswer},
    },
)
async def events(
    body: GenerateRequest,
    request: Request,
    perform: Performer,
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
    state = request.scope["state"]
    opened = perform(utterance, body.format)
    narrator = Narrator(state["request_id"], verbose=body.normalize_verbose, trace=trace)
    return EventsResponse(opened, service, SpeechStory(narrator, state["request_id"], arrived=state["arrived"]))


class Story(Protocol):
    """What an answer's events say. Each method gives those that are due, in order."""

    def begin(self, performance: Performance) -> Iterable[Event]:
        """The first sound exists, and comes next."""
        ...

    def sound(self, frame: Frame) -> Iterable[Event]: ...
    def close(self) -> Iterable[Event]:
        """There is no more sound; the performance is still open."""
        ...

    def end(self) -> Iterable[Event]:
        """The performance is over, and all of it was told."""
        ...

    def fail(self, error: ServiceError) -> Iterable[Event]:
        """The last events of a performance that has begun."""
        ...


class SpeechStory:
    """`/v1/tts/sse`: each event with `seq` and `ts_ms`."""

    def __init__(self, narrator: Narrator, request_id: str, *, arrived: float) -> None:
        self._narrator, self._request_id, self._arrived = narrator, request_id, arrived
        self._seq = 0

    def begin(self, performance: Performance) -> Iterator[Event]:
        self._narrator.follow(performance)
        yield self._stamped(self._narrator.start())

    def sound(self, frame: Frame) -> Iterator[Event]:
        sound: Event = {"type": "audio", "audio": base64.b64encode(frame.data).decode("ascii")}
        yield self._stamped(sound | {"seq": frame.seq, "samples": frame.samples})
        yield from map(self._stamped, self._narrator.after(frame))

    def close(self) -> Iterator[Event]:
        yield from map(self._stamped, self._narrator.close())

    def end(self) -> Iterator[Event]:
        yield self._stamped(self._narrator.end())

    def fail(self, error: ServiceError) -> Iterator[Event]:
        yield self._stamped(told(error, self._request_id))

    def _stamped(self, event: Event) -> Event:
        stamped = {"seq": self._seq, "ts_ms": round((time.perf_counter() - self._arrived) * 1000, 1)} | event
        if event["type"] != "audio":
            self._seq += 1
        return stamped


class EventsResponse(SpeechResponse):
    """The performance in the story's events: what fails after the status line is told, and then the body ends."""

    def __init__(self, opened: AbstractAsyncContextManager[Performance], service: SpeechService, story: Story) -> None:
        super().__init__(opened, service)
        self._story = story

    async def _talk(self, send: Send) -> None:
        trail = None
        try:
            async with self._opened as performance, aclosing(performance.framed(FRAME_MS)) as frames:
                frame = await first_of(frames, None, timeout_s=self._first_audio_timeout_s)
                trail = performance.trail
                await self._start(send, HEADERS | rate_headers(performance.allowance))
                await self._tell(send, self._story.begin(performance))
                while frame is not None:
                    await self._tell(send, self._story.sound(frame))
                    trail.sent(len(frame.data), samples=frame.samples)
                    frame = await anext(frames, None)
                await self._tell(send, self._story.close())
            await self._tell(send, self._story.end())
            trail.settle()
        except ServiceError as error:
            if trail is None:
                raise
            self._broken(error)
            if isinstance(error, ClientStalled):
                raise
            await self._tell(send, self._story.fail(error))
        finally:
            if trail:
                trail.abandon()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, send: Send, events: Iterable[Event]) -> None:
        for event in events:
            data = json.dumps(event, ensure_ascii=False)
            await self._give(send, f"event: {event['type']}\ndata: {data}\n\n".encode())
