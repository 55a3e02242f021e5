"""Options and voices of a socket's contexts, as the messages of the client open them."""

import asyncio
from dataclasses import dataclass

from api.markup import find_voices
from api.references import inline_voice
from api.websocket.messages import ContextOptions
from services.accounts.caller import Caller
from services.speech import SpeechService
from services.voices import VoiceBook
from services.voices.inline import INLINE
from services.voices.library import NamedVoices
from shared.errors import ValidationFailed
from shared.types import Sampling, Utterance, Voice, VoiceSource

_PENDING = VoiceBook((Voice(INLINE, INLINE, source=VoiceSource.CLONED),))
"""Stands for the voice of a recording until the recording is encoded."""


class RecordedVoice:
    """Voice of a recording, encoded once for all contexts that speak with it, while the socket reads on.

    The recording is released once its voice is known.
    """

    def __init__(self, options: ContextOptions, service: SpeechService, caller: Caller) -> None:
        self._options, self._service, self._caller = options, service, caller
        self._voice: Voice | None = None
        self._encoding = asyncio.Lock()

    async def voice(self) -> Voice:
        """Return the voice. Raises as `inline_voice`."""
        async with self._encoding:
            if self._voice is None:
                self._voice = await inline_voice(self._options, self._service, self._caller)
                self._options = without_recording(self._options)
        return self._voice


@dataclass(frozen=True, slots=True)
class Opening:
    """Options of a context without their recording, the voices that its text may name, and that of the recording."""

    options: ContextOptions
    voices: NamedVoices
    recorded: RecordedVoice | None

    def build_utterance(self, defaults: Sampling) -> Utterance:
        """Return the utterance of a text that arrives. Raises as `SpeechRequest.build_utterance`."""
        return self.options.build_utterance("", _PENDING if self.recorded else self.voices, defaults)


class ContextOpener:
    """Reader of the options of one socket's contexts. `latest` are those that a new context has by default."""

    def __init__(self, service: SpeechService, caller: Caller) -> None:
        self._service, self._caller = service, caller
        self.latest: Opening | None = None

    async def open(self, options: ContextOptions, text: str = "") -> Opening:
        """Return the opening of a context: of `options`, or of the latest ones where they name no voice.

        The voices in the markup of `text` are looked up. Raises ValidationFailed without options, and as `find_voices`.
        """
        recorded = None
        if options.reference_audio is not None:
            recorded = RecordedVoice(options, self._service, self._caller)
        elif not options.speaker:
            if self.latest is None:
                where: dict[str, object] = {"field": "speaker"}
                raise ValidationFailed("speaker: a new context's first message must name one", details=where)
            options, recorded = self.latest.options, self.latest.recorded
        options = without_recording(options)
        voices = await find_voices(options, text, self._service, self._caller)
        return Opening(options, voices, recorded)


def without_recording(options: ContextOptions) -> ContextOptions:
    """Return `options` without their recording, which has up to a megabyte."""
    return options.model_copy(update={"reference_audio": None})
