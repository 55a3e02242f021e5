"""ElevenLabs' REST routes: a whole file or a stream, each with timestamps or without, and the list of voices."""

import base64
import json
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from api.adapters.elevenlabs.schemas import DEFAULT_FORMAT, SpeechBody, TimedAudio, output_options
from api.adapters.models import speech_options
from api.auth import GenerateCaller, KnownCaller
from api.dependencies import Service
from api.events import Event
from api.generate import audio_response, speech_headers
from api.markup import write_utterance
from api.responses import Headers, WholeFile, ignored
from api.schemas import SpeechRequest
from api.sse import HEADERS, EventsResponse
from api.strings import Name
from api.synthesizing import Synthesizer
from api.voices.routes import voices_of
from audio.frames import Frame
from core.request_state import RequestState
from services.synthesis import Synthesis
from services.whole_file import EncodedFile, FileBody
from shared.errors import ServiceError

VoiceId = Annotated[Name, Path(max_length=128)]
OutputFormat = Annotated[Name, Query(max_length=64)]

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SpeechAsked:
    """Input of a route of speech, and the parts of the service that answer it."""

    voice_id: VoiceId
    body: SpeechBody
    caller: GenerateCaller
    synthesize: Synthesizer
    service: Service
    output_format: OutputFormat = DEFAULT_FORMAT

    @property
    def warnings(self) -> list[str]:
        return ignored(self.body.without_effect())

    def options(self, *, stream: bool) -> SpeechRequest:
        """Return the options of the synthesis. Raise ValidationFailed, InvalidFormat."""
        asked = output_options(self.output_format) | self.body.options()
        return speech_options(speaker=self.voice_id, stream=stream, **asked)

    async def synthesis(self, options: SpeechRequest) -> AbstractAsyncContextManager[Synthesis]:
        """Return the synthesis with these options. Raises what `write_utterance` raises."""
        return self.synthesize(await write_utterance(options, self.body.text, self.service, self.caller))

    async def audio(self, *, stream: bool) -> Response:
        """Answer with audio."""
        options = self.options(stream=stream)
        return audio_response(await self.synthesis(options), options, self.service, warnings=self.warnings)


Asked = Annotated[SpeechAsked, Depends()]


@router.post("/v1/text-to-speech/{voice_id}", response_class=Response)
async def speak(asked: Asked) -> Response:
    """Speak a text as a whole file."""
    return await asked.audio(stream=False)


@router.post("/v1/text-to-speech/{voice_id}/stream", response_class=Response)
async def stream(asked: Asked) -> Response:
    """Speak a text while it is generated."""
    return await asked.audio(stream=True)


@router.post("/v1/text-to-speech/{voice_id}/with-timestamps", response_class=Response)
async def speak_timed(asked: Asked) -> Response:
    """Speak a text as a whole file in JSON, with the times of its characters where they are known."""
    options = asked.options(stream=False)
    version = asked.service.runtime().checkpoint.model_version

    def compose(synthesis: Synthesis, file: EncodedFile) -> tuple[Headers, FileBody]:
        file.append(synthesis.encoder.seal(file.head, file.size))
        before, audio, after = _timed("").encode().partition(b'"audio_base64":"')
        headers = speech_headers(options, version, asked.warnings, synthesis) | {"Content-Type": "application/json"}
        return headers, file.in_json(before + audio, after)

    return WholeFile(await asked.synthesis(options), asked.service, compose)


@router.post("/v1/text-to-speech/{voice_id}/stream/with-timestamps", response_class=Response)
async def stream_timed(asked: Asked) -> Response:
    """Speak a text in lines of JSON, each with audio and the times of its characters where they are known."""
    synthesis_context = await asked.synthesis(asked.options(stream=True))
    return TimedLines(synthesis_context, asked.service, TimedEvents(), warnings=asked.warnings)


@router.get("/v2/voices")
async def search_voices(caller: KnownCaller, service: Service) -> dict[str, object]:
    """Return every voice that the key may use on one page."""
    voices = [voice.model_dump() for voice in await voices_of(caller, service)]
    return {"voices": voices, "has_more": False, "total_count": len(voices), "next_page_token": None}


class TimedEvents:
    """Format of the lines of a stream with timestamps. Timestamps are null until the checkpoint has an aligner."""

    def begin(self, request: RequestState) -> Iterator[Event]:
        return iter(())

    def audio(self, frame: Frame) -> Iterator[Event]:
        yield json.loads(_timed(base64.b64encode(frame.data).decode("ascii")))

    def close(self) -> Iterator[Event]:
        return iter(())

    def end(self) -> Iterator[Event]:
        return iter(())

    def fail(self, error: ServiceError) -> Iterator[Event]:
        raise error


class TimedLines(EventsResponse):
    """Answer of one JSON object on each line. After a failure the end of the body is missing."""

    head = HEADERS | {"Content-Type": "application/json"}

    def _line(self, event: Event) -> str:
        return json.dumps(event) + "\n"


def _timed(audio: str) -> str:
    return TimedAudio(audio_base64=audio).model_dump_json()
