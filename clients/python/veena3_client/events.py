"""Events of a stream of speech, the same for every transport."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from veena3_client.checks import MAX_RATE, seconds, string, whole
from veena3_client.errors import APIStatusError, class_of


@dataclass(frozen=True, slots=True)
class Word:
    """Position of a word in the audio, in seconds, and in the text that was sent, as offsets of characters."""

    word: str
    start_s: float
    end_s: float
    text_start: int | None = None
    text_end: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One message of a stream: `start`, `audio`, `chunk`, `mark`, `words`, `flushed`, … and `end` or `cancelled`.

    `at` is the time of its arrival, time.perf_counter's. `audio` holds the bytes of an `audio` event, and of `header`,
    the beginning of a file that arrives before any sound. `begins_s` is the position of the bytes in the audio in
    seconds, None where the transport does not give it. `fields` is the event as the server sent it, without the audio.
    """

    at: float
    type: str
    audio: bytes = b""
    begins_s: float | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def context_id(self) -> str | None:
        """Return the context of the event on a WebSocket."""
        return self.fields.get("context_id")

    @property
    def words(self) -> list[Word]:
        """Return the times of words that the event brings; empty where it brings none."""
        return words_of(self.fields)


def words_of(fields: Mapping[str, Any]) -> list[Word]:
    """Return the field `words` of an event or an answer. Raises ValueError."""
    words = fields.get("words") or []
    if not isinstance(words, list) or not all(isinstance(word, dict) for word in words):
        raise ValueError("no words")
    return [
        Word(string(word, "word"), seconds(word, "start_s"), seconds(word, "end_s"), word.get("from"), word.get("to"))
        for word in words
    ]


def checked_event(fields: Mapping[str, Any]) -> str:
    """Return the type of an event whose other fields a client can use. Raises ValueError."""
    kind = string(fields, "type")
    if kind == "start":
        string(fields, "format")
        whole(fields, "sample_rate", least=1, most=MAX_RATE)
    if kind == "end":
        seconds(fields, "seconds")
    if kind == "words":
        words_of(fields)
    return kind


def refusal(
    fields: Mapping[str, Any], *, status: int | None = None, retry_after: float | None = None
) -> APIStatusError:
    """Return the error that an answer or an event explains. Raises ValueError."""
    error = fields.get("error")
    if not isinstance(error, dict):
        raise ValueError("no error")
    code, details = string(error, "code"), error.get("details")
    request_id = fields.get("request_id")
    return class_of(code, status)(
        string(error, "message"),
        code=code,
        status_code=status,
        details=details if isinstance(details, dict) else None,
        request_id=request_id if isinstance(request_id, str) else None,
        retry_after=retry_after,
    )
