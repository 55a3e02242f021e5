"""ElevenLabs' REST routes: a whole file or a stream, each with timestamps or without, and the list of voices."""

import base64
import json
import math
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from api.adapters.elevenlabs.alignment import Alignments, Pair, in_seconds
from api.adapters.elevenlabs.schemas import DEFAULT_FORMAT, SpeechBody, TimedAudio, output_options
from api.adapters.models import speech_options
from api.adapters.told_words import tell
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

    def options(self, *, stream: bool, timed: bool = False) -> SpeechRequest:
        """Return the options of the synthesis. Raise ValidationFailed, InvalidFormat."""
        asked = output_options(self.output_format) | self.body.options()
        return speech_options(speaker=self.voice_id, stream=stream, timestamps=timed, **asked)

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
    options = asked.options(stream=False, timed=True)
    version = asked.service.runtime().checkpoint.model_version

    def compose(synthesis: Synthesis, file: EncodedFile) -> tuple[Headers, FileBody]:
        file.append(synthesis.encoder.seal(file.head, file.size))
        alignments, request = Alignments(asked.body.text), synthesis.request
        tell(request, math.inf)
        alignments.follow(request)
        before, audio, after = _timed("", alignments.take_rest(request.seconds)).encode().partition(b'"audio_base64":"')
        headers = speech_headers(options, version, asked.warnings, synthesis) | {"Content-Type": "application/json"}
        return headers, file.in_json(before + audio, after)

    return WholeFile(await asked.synthesis(options), asked.service, compose)


@router.post("/v1/text-to-speech/{voice_id}/stream/with-timestamps", response_class=Response)
async def stream_timed(asked: Asked) -> Response:
    """Speak a text in lines of JSON, each with audio and the times of its characters where they are known."""
    synthesis_context = await asked.synthesis(asked.options(stream=True, timed=True))
    return TimedLines(synthesis_context, asked.service, TimedEvents(asked.body.text), warnings=asked.warnings)


@router.get("/v2/voices")
async def search_voices(caller: KnownCaller, service: Service) -> dict[str, object]:
    """Return every voice that the key may use on one page."""
    voices = [voice.model_dump() for voice in await voices_of(caller, service)]
    return {"voices": voices, "has_more": False, "total_count": len(voices), "next_page_token": None}


class TimedEvents:
    """Format of the lines of a stream with timestamps, which count from the beginning of the answer.

    The timestamps of a line are null where its audio begins no character, or where the checkpoint has no aligner.
    """

    def __init__(self, text: str) -> None:
        self._alignments = Alignments(text)
        self._request: RequestState | None = None

    def begin(self, request: RequestState) -> Iterator[Event]:
        self._request = request
        return iter(())

    def audio(self, frame: Frame) -> Iterator[Event]:
        assert self._request, "begin() comes first"
        until_s = (frame.sample + frame.samples) / self._request.utterance.rate
        tell(self._request, until_s)
        self._alignments.follow(self._request)
        yield json.loads(_timed(base64.b64encode(frame.data).decode("ascii"), self._alignments.take(until_s)))

    def close(self) -> Iterator[Event]:
        assert self._request
        tell(self._request, math.inf)
        if any(rest := self._alignments.take_rest(self._request.seconds)):
            yield json.loads(_timed("", rest))

    def end(self) -> Iterator[Event]:
        return iter(())

    def fail(self, error: ServiceError) -> Iterator[Event]:
        raise error


class TimedLines(EventsResponse):
    """Answer of one JSON object on each line. After a failure the end of the body is missing."""

    head = HEADERS | {"Content-Type": "application/json"}

    def _line(self, event: Event) -> str:
        return json.dumps(event) + "\n"


def _timed(audio: str, characters: Pair) -> str:
    written, spoken = map(in_seconds, characters)
    return TimedAudio(audio_base64=audio, alignment=written, normalized_alignment=spoken).model_dump_json()
