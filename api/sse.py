"""`POST /v1/tts/sse`: the speech of `/v1/tts/generate` as Server-Sent Events."""

import base64
import json
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response
from starlette.types import Send

from api.auth import GenerateCaller
from api.dependencies import speech_service
from api.events import Event, Narrator, told
from api.responses import SpeechResponse, first_of
from api.schemas import ErrorAnswer, GenerateRequest
from audio.frames import Frame
from services.speech import Performance, SpeechService
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
        503: {"model": ErrorAnswer},
    },
)
async def events(
    body: GenerateRequest,
    request: Request,
    caller: GenerateCaller,
    service: Annotated[SpeechService, Depends(speech_service)],
    trace: Annotated[bool, Query(description="a `metrics` event behind every `audio`")] = False,
) -> Response:
    """Speak a text as events: `start`, then `audio` (base64, 100 ms) and `chunk` (where its text lies), then `end`.

    Every event's `data` is a JSON object with `type`, `seq` (of `audio` the frame's number, of others the event's) and
    `ts_ms` (since the request arrived). Before the first sound an error has its HTTP status; after it, it is an `error`
    event, the last.
    """
    runtime = service.runtime()
    state = request.scope["state"]
    utterance = body.model_copy(update={"stream": True}).utterance(service.voices, runtime.checkpoint.sampling)
    return EventsResponse(
        service.perform(utterance, body.format, caller=caller, arrived=state["arrived"]),
        Narrator(state["request_id"], verbose=body.normalize_verbose, trace=trace),
        request_id=state["request_id"],
        broken=service.failed_with,
        first_audio_timeout_s=service.settings.first_audio_timeout_s,
        stall_timeout_s=service.settings.stall_timeout_s,
    )


class EventsResponse(SpeechResponse):
    """As `SpeechResponse`, in events: what fails after the status line is told, and then the body ends."""

    def __init__(
        self,
        opened: AbstractAsyncContextManager[Performance],
        narrator: Narrator,
        *,
        request_id: str,
        broken: Callable[[ServiceError], None],
        first_audio_timeout_s: float,
        stall_timeout_s: float,
    ) -> None:
        super().__init__(
            opened,
            lambda _performance, _joined: (HEADERS, b""),
            stream=True,
            broken=broken,
            first_audio_timeout_s=first_audio_timeout_s,
            stall_timeout_s=stall_timeout_s,
        )
        self._narrator, self._request_id = narrator, request_id
        self._seq = 0

    async def _talk(self, send: Send) -> None:
        arrived = None
        try:
            async with self._opened as performance, aclosing(performance.framed(FRAME_MS)) as frames:
                self._narrator.follow(performance)
                first = await first_of(frames, None, timeout_s=self._first_audio_timeout_s)
                arrived = performance.arrived
                await self._start(send, HEADERS)
                await self._tell(send, self._narrator.start(), arrived)
                await self._play(send, first, frames, arrived)
            await self._tell(send, self._narrator.end(), arrived)
        except ServiceError as error:
            if arrived is None:
                raise
            self._broken(error)
            if isinstance(error, ClientStalled):
                return
            await self._tell(send, told(error, self._request_id), arrived)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _play(self, send: Send, frame: Frame | None, frames: AsyncGenerator[Frame, None], arrived: float) -> None:
        while frame is not None:
            sound: Event = {"type": "audio", "audio": base64.b64encode(frame.data).decode("ascii")}
            await self._tell(send, sound | {"seq": frame.seq, "samples": frame.samples}, arrived)
            for event in self._narrator.after(frame):
                await self._tell(send, event, arrived)
            frame = await anext(frames, None)
        for event in self._narrator.close():
            await self._tell(send, event, arrived)

    async def _tell(self, send: Send, event: Event, arrived: float) -> None:
        stamped = {"seq": self._seq, "ts_ms": round((time.perf_counter() - arrived) * 1000, 1)} | event
        if event["type"] != "audio":
            self._seq += 1
        data = json.dumps(stamped, ensure_ascii=False)
        await self._give(send, f"event: {event['type']}\ndata: {data}\n\n".encode())
