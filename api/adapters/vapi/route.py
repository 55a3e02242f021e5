"""`POST /vapi/{voice_id}`: the server URL of a Vapi assistant's custom voice."""

from typing import Annotated, ClassVar, Literal

from fastapi import APIRouter, Path
from pydantic import Field
from starlette.responses import Response

from api.adapters.models import VendorModel, speech_options
from api.auth import GenerateCaller
from api.dependencies import Service
from api.generate import audio_response
from api.markup import write_utterance
from api.request_text import SpokenText
from api.strings import Name
from api.synthesizing import Synthesizer

router = APIRouter(include_in_schema=False)


class VoiceRequest(VendorModel):
    """Vapi's message with a text to speak. Everything else that it tells of the call is ignored."""

    effective: ClassVar = frozenset({"type", "text", "sampleRate"})
    type: Literal["voice-request"]
    text: SpokenText
    sample_rate: int = Field(alias="sampleRate")


class VoiceRequestBody(VendorModel):
    """Body of the route."""

    message: VoiceRequest


@router.post("/vapi/{voice_id}", response_class=Response)
async def speak(
    voice_id: Annotated[Name, Path(max_length=128)],
    body: VoiceRequestBody,
    synthesize: Synthesizer,
    service: Service,
    caller: GenerateCaller,
) -> Response:
    """Speak a text as 16-bit PCM at the rate that Vapi asks for. The key comes as `X-VAPI-SECRET`."""
    asked = body.message
    options = speech_options(speaker=voice_id, stream=True, format="pcm", sample_rate=asked.sample_rate)
    utterance = await write_utterance(options, asked.text, service, caller)
    return audio_response(synthesize(utterance), options, service)
