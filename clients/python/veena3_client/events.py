"""Events of a stream of speech, the same for every transport."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from veena3_client.checks import MAX_RATE, seconds, string, whole
from veena3_client.errors import APIStatusError, class_of


@dataclass(frozen=True, slots=True)
class Word:
    """Position of a word in the audio, in seconds, and in the text that was sent, as offsets of characters.

    `end_s` is None in an event for a word that still sounds; a later event has the word with the same `index` and its
    end. `index` counts the words from 0; None in the answer of a whole file.
    """

    word: str
    start_s: float
    end_s: float | None
    text_start: int | None = None
    text_end: int | None = None
    index: int | None = None


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

    @property
    def spoken_to(self) -> Word | None:
        """Return the last word that was heard, of a `cancelled` event of a context with `timestamps`."""
        word = self.fields.get("spoken_to")
        return word_of(word) if isinstance(word, dict) else None


def words_of(fields: Mapping[str, Any]) -> list[Word]:
    """Return the field `words` of an event or an answer. Raises ValueError."""
    words = fields.get("words") or []
    if not isinstance(words, list) or not all(isinstance(word, dict) for word in words):
        raise ValueError("no words")
    return [word_of(word) for word in words]


def word_of(fields: Mapping[str, Any]) -> Word:
    """Return a word of an event or an answer. Raises ValueError."""
    end_s = None if fields.get("end_s") is None else seconds(fields, "end_s")
    places = (fields.get(name) for name in ("from", "to", "index"))
    return Word(string(fields, "word"), seconds(fields, "start_s"), end_s, *places)


def add_words(words: list[Word], told: Iterable[Word]) -> None:
    """Add the words of an event to those before it; one that comes again, with its end, replaces itself."""
    for word in told:
        if words and word.index is not None and words[-1].index == word.index:
            words.pop()
        words.append(word)


def last_before(words: Sequence[Word], seconds: float = math.inf) -> Word | None:
    """Return the last word that begins before `seconds` of the audio; None before the first one."""
    begun = bisect_left(words, seconds, key=lambda word: word.start_s)
    return words[begun - 1] if begun else None


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
    if isinstance(word := fields.get("spoken_to"), dict):
        word_of(word)
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
