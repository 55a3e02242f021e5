"""`POST /v1/audio/speech`: OpenAI's request, spoken as `/v1/tts/generate` and `/v1/tts/sse` speak theirs."""

import base64
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import Service
from api.events import Event
from api.generate import sound_response
from api.openai.error_shape import shaped
from api.openai.models import check_model
from api.openai.schemas import OpenAIError, SpeechCreate
from api.sse import EventsResponse
from api.synthesizing import Synthesizer
from audio.frames import Frame
from core.request_state import RequestState
from shared.errors import ServiceError

_MEDIA_TYPES = ("audio/mpeg", "audio/ogg", "audio/aac", "audio/flac", "audio/wav", "audio/L16", "text/event-stream")
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {name: {} for name in _MEDIA_TYPES}, "description": "the audio, or its events"},
    **{status: {"model": OpenAIError} for status in (400, 401, 403, 404, 413, 429, 500, 503, 504)},
}

router = APIRouter()


@router.post("/v1/audio/speech", response_class=Response, responses=_ANSWERS)
async def create(
    body: SpeechCreate,
    synthesize: Synthesizer,
    service: Service,
) -> Response:
    """Speak a text, for OpenAI's clients: 24 kHz, streamed; as events with `"stream_format": "sse"`."""
    check_model(service, body.model)
    checkpoint = service.runtime().checkpoint
    in_events = body.stream_format == "sse"
    asked = body.model_copy(update={"stream": body.stream or in_events})
    opened = synthesize(asked.of(asked.input, service.voices, checkpoint.sampling))
    if in_events:
        input_tokens = len(checkpoint.vocabulary.encode_text(asked.input))
        return EventsResponse(opened, service, DeltaEvents(input_tokens=input_tokens))
    return sound_response(opened, asked, service)


class DeltaEvents:
    """OpenAI's events: `speech.audio.delta` (base64), then `speech.audio.done` with the tokens that were used."""

    def __init__(self, *, input_tokens: int) -> None:
        self._input_tokens = input_tokens

    def begin(self, request: RequestState) -> Iterator[Event]:
        self._request = request
        return iter(())

    def sound(self, frame: Frame) -> Iterator[Event]:
        yield {"type": "speech.audio.delta", "audio": base64.b64encode(frame.data).decode("ascii")}

    def close(self) -> Iterator[Event]:
        return iter(())

    def end(self) -> Iterator[Event]:
        given, made = self._input_tokens, self._request.tokens
        usage = {"input_tokens": given, "output_tokens": made, "total_tokens": given + made}
        yield {"type": "speech.audio.done", "usage": usage}

    def fail(self, error: ServiceError) -> Iterator[Event]:
        yield {"type": "error"} | shaped(error.status, error.code, error.message, error.details or {})
