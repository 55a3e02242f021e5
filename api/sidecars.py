"""Sidecars of whole files: the times of their words as captions or JSON, in an archive with the audio."""

from enum import StrEnum

from pydantic_core import to_json

from api.references import GenerateRequest
from api.word_times import timestamps_of, told_words
from core.request_state import RequestState
from processing.captions import WRITERS, SpokenWord, captions
from services.speech import SpeechService
from shared.errors import ValidationFailed
from shared.passages import SourcedText

_SUFFIXES = {"mulaw": "wav", "mulaw-raw": "ulaw", "pcm-f32": "f32"}
"""Suffixes of audio files whose format has another name."""


class SidecarFormat(StrEnum):
    """Format of a sidecar, which is also the suffix of its file."""

    SRT = "srt"
    VTT = "vtt"
    JSON = "json"


class Sidecar:
    """Sidecar of one request, which asks for the times of words."""

    def __init__(self, format: SidecarFormat, body: GenerateRequest, service: SpeechService) -> None:
        """Raise ValidationFailed for captions where the checkpoint has no aligner."""
        self.format, self._body = format, body
        if format in WRITERS and service.runtime().pipeline.aligner is None:
            raise ValidationFailed(
                f"timestamps: {format} needs the times of words, and this checkpoint has no aligner",
                details={"field": "timestamps"},
            )

    @property
    def audio_name(self) -> str:
        """Return the name of the audio file. The sidecar's differs in the suffix, so that players open both."""
        return f"speech.{_SUFFIXES.get(self._body.format, self._body.format)}"

    def captions(self, request: RequestState) -> str | None:
        """Return the captions of a request whose sound has ended; None for a format without, and without times."""
        words = [SpokenWord(one.word, one.start_s, one.end_s or 0.0, one.source) for one in told_words(request)]
        if request.words is None or (write := WRITERS.get(self.format)) is None:
            return None
        return write(captions(words, _sent(self._body.text)))

    def file(self, request: RequestState) -> tuple[str, bytes]:
        """Return name and content of the sidecar of a request whose sound has ended.

        Where the times are not known, it is JSON with the reason in every format.
        """
        written = self.captions(request)
        if written is not None:
            return f"speech.{self.format}", written.encode()
        return "speech.json", to_json({"seconds": request.seconds} | timestamps_of(request))


def _sent(text: str) -> str:
    """Return a text with white space in the place of that which was cut off before it."""
    return " " * text.sources.runs[0].start + text if isinstance(text, SourcedText) else text
