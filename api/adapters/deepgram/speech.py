"""`POST /v1/speak`: a text in the encoding of the query."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.adapters.deepgram.schemas import SpeakBody, SpeakQuery
from api.adapters.models import speech_options, validated
from api.dependencies import Service
from api.generate import audio_response
from api.responses import ignored
from api.synthesizing import Synthesizer

router = APIRouter(include_in_schema=False)


@router.post("/v1/speak", response_class=Response)
async def speak(body: SpeakBody, request: Request, synthesize: Synthesizer, service: Service) -> Response:
    """Speak a text: streamed, except for WAV, whose header states its length."""
    query = validated(SpeakQuery, dict(request.query_params))
    chosen = query.options(container=None, encoding="mp3")
    options = speech_options(stream=chosen["format"] not in ("wav", "mulaw"), **chosen)
    checkpoint = service.runtime().checkpoint
    utterance = options.build_utterance(body.text, service.voices, checkpoint.sampling)
    warnings = ignored(query.without_effect() + body.without_effect())
    return audio_response(synthesize(utterance), options, service, warnings=warnings)
