"""`POST /v1/audio/speech`: OpenAI's request on the same line as `/v1/tts/generate` and `/v1/tts/sse`."""

import base64
from collections.abc import Iterator
from typing import Annotated, get_args

from fastapi import APIRouter, Body
from starlette.responses import Response

from api.answers import INLINE_ERRORS, Answers
from api.auth import GenerateCaller
from api.dependencies import Service
from api.events import Event
from api.examples import OPENAI_SPEECH
from api.generate import audio_response
from api.markup import write_utterance
from api.openai.error_shape import error_answers, error_body
from api.openai.models import check_model
from api.openai.schemas import ResponseFormat, SpeechCreate
from api.openai.voices import OPENAI_VOICES, speaker_of
from api.responses import ignored
from api.sse import EventsResponse
from api.synthesizing import Synthesizer
from audio.encoders import ENCODERS
from audio.frames import Frame
from core.request_state import RequestState
from shared.errors import ModelNotFound, ServiceError

_AUDIO_TYPES = [ENCODERS[name].media_type.partition(";")[0] for name in get_args(ResponseFormat)]
_ANSWERS: Answers = {
    200: {
        "content": {name: {} for name in (*_AUDIO_TYPES, "text/event-stream")},
        "description": "the audio, or its events",
    },
    **error_answers(*INLINE_ERRORS, ModelNotFound),
}

router = APIRouter(tags=["OpenAI"])


@router.post("/v1/audio/speech", response_class=Response, responses=_ANSWERS)
async def create_speech(
    body: Annotated[SpeechCreate, Body(openapi_examples=OPENAI_SPEECH)],
    synthesize: Synthesizer,
    service: Service,
    caller: GenerateCaller,
) -> Response:
    """Speak a text for OpenAI's clients: at 24 kHz, streamed; as events with `"stream_format": "sse"`."""
    checkpoint = service.runtime().checkpoint
    if body.model is not None:
        check_model(service, body.model)
    warnings = ignored(body.without_effect())
    in_events = body.stream_format == "sse"
    speaker = body.speaker
    if body.reference_audio is None:
        named = () if speaker.casefold() in OPENAI_VOICES else (speaker,)
        speaker = speaker_of(speaker, await service.voices_for(caller, *named))
    options = body.model_copy(update={"speaker": speaker, "stream": body.stream or in_events})
    synthesis_context = synthesize(await write_utterance(options, options.input, service, caller))
    if in_events:
        input_tokens = len(checkpoint.vocabulary.encode_text(options.input))
        return EventsResponse(synthesis_context, service, DeltaEvents(input_tokens=input_tokens), warnings=warnings)
    return audio_response(synthesis_context, options, service, warnings=warnings)


class DeltaEvents:
    """OpenAI's events: `speech.audio.delta` (base64), then `speech.audio.done` with the tokens of the request."""

    def __init__(self, *, input_tokens: int) -> None:
        self._input_tokens = input_tokens

    def begin(self, request: RequestState) -> Iterator[Event]:
        self._request = request
        return iter(())

    def audio(self, frame: Frame) -> Iterator[Event]:
        yield {"type": "speech.audio.delta", "audio": base64.b64encode(frame.data).decode("ascii")}

    def close(self) -> Iterator[Event]:
        return iter(())

    def end(self) -> Iterator[Event]:
        input_tokens, output_tokens = self._input_tokens, self._request.tokens
        usage = {
            "input_tokens": input_tokens,
            "output_tokens": output_tokens,
            "total_tokens": input_tokens + output_tokens,
        }
        yield {"type": "speech.audio.done", "usage": usage}

    def fail(self, error: ServiceError) -> Iterator[Event]:
        yield {"type": "error"} | error_body(error.status, error.code, error.message, error.details or {})
