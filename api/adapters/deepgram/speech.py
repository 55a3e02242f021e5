"""`POST /v1/speak`: a text in the encoding of the query."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.adapters.deepgram.schemas import SpeakBody, SpeakQuery
from api.adapters.models import speech_options, validated
from api.auth import GenerateCaller
from api.dependencies import Service
from api.generate import audio_response
from api.markup import write_utterance
from api.responses import ignored
from api.synthesizing import Synthesizer

router = APIRouter(include_in_schema=False)


@router.post("/v1/speak", response_class=Response)
async def speak(
    body: SpeakBody, request: Request, synthesize: Synthesizer, service: Service, caller: GenerateCaller
) -> Response:
    """Speak a text: streamed, except for WAV, whose header states its length."""
    query = validated(SpeakQuery, dict(request.query_params))
    chosen = query.options(container=None, encoding="mp3")
    options = speech_options(stream=chosen["format"] not in ("wav", "mulaw"), **chosen)
    utterance = await write_utterance(options, body.text, service, caller)
    warnings = ignored(query.without_effect() + body.without_effect())
    return audio_response(synthesize(utterance), options, service, warnings=warnings)
