"""Cartesia's REST routes: bytes and Server-Sent Events."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.adapters.cartesia.events import ChunkEvents, Chunks
from api.adapters.cartesia.schemas import SpeechBody
from api.adapters.models import speech_options
from api.adapters.told_words import aligns
from api.auth import GenerateCaller
from api.dependencies import Service
from api.generate import audio_response
from api.markup import write_utterance
from api.responses import ignored
from api.sse import EventsResponse
from api.synthesizing import Synthesizer, arrival_of

router = APIRouter(include_in_schema=False)


@router.post("/tts/bytes", response_class=Response)
async def speak_bytes(body: SpeechBody, caller: GenerateCaller, synthesize: Synthesizer, service: Service) -> Response:
    """Speak a text: streamed, except for WAV, whose header states its length."""
    options = speech_options(stream=body.output_format.container != "wav", **body.options(timed=False))
    utterance = await write_utterance(options, body.transcript, service, caller)
    return audio_response(synthesize(utterance), options, service, warnings=ignored(body.unapplied(timed=False)))


@router.post("/tts/sse", response_class=Response)
async def speak_events(
    body: SpeechBody, request: Request, caller: GenerateCaller, synthesize: Synthesizer, service: Service
) -> Response:
    """Speak a text in events, each with audio in base64."""
    body.check_raw()
    timed = aligns(service)
    options = speech_options(stream=True, **body.options(timed=timed))
    utterance = await write_utterance(options, body.transcript, service, caller)
    events = ChunkEvents(arrival_of(request).id, Chunks(body.context_id), body.transcript)
    return EventsResponse(synthesize(utterance), service, events, warnings=ignored(body.unapplied(timed=timed)))
