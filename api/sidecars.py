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
    def names(self) -> tuple[str, str]:
        """Return the names of the audio file and of the sidecar, which players open together."""
        return f"speech.{_SUFFIXES.get(self._body.format, self._body.format)}", f"speech.{self.format}"

    def captions(self, request: RequestState) -> str | None:
        """Return the captions of a request whose sound has ended; None for a format without."""
        if (write := WRITERS.get(self.format)) is None:
            return None
        words = [SpokenWord(one.word, one.start_s, one.end_s or 0.0, one.source) for one in told_words(request)]
        return write(captions(words, _sent(self._body.text)))

    def content(self, request: RequestState) -> bytes:
        """Return the content of the sidecar of a request whose sound has ended."""
        written = self.captions(request)
        if written is not None:
            return written.encode()
        return to_json({"seconds": request.seconds} | timestamps_of(request))


def _sent(text: str) -> str:
    """Return a text with white space in the place of that which was cut off before it."""
    return " " * text.sources.runs[0].start + text if isinstance(text, SourcedText) else text
