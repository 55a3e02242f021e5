"""Times of words in answers and events: their form, and that of the characters inside them."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from pydantic import BaseModel, ConfigDict, Field

from core.request_state import RequestState
from core.word_times import WordTime

Entry = dict[str, object]
DECIMALS = 6
"""Digits of a time in seconds behind the decimal point: microseconds, as of all times in answers."""


class _Timed(BaseModel):
    """Times in seconds of the answer's sound, and a place in the text that was sent, in characters (code points)."""

    model_config = ConfigDict(extra="forbid", strict=True, serialize_by_alias=True)

    start_s: float = Field(description="seconds from the start of the audio")
    end_s: float = Field(description="seconds from the start of the audio")
    start: int | None = Field(alias="from", description="first character in the text that was sent")
    to: int | None = Field(description="character after the last one in the text that was sent")


class TimedWord(_Timed):
    """A word as it was sent, and when it is spoken. One that was not spoken has no length."""

    word: str


class TimedCharacter(_Timed):
    """A character of a word. Characters are spaced evenly inside their word."""

    character: str


class ToldWord(_Timed):
    """A word as it was sent, and when it is spoken, as events tell it."""

    index: int = Field(description="number of the word, from 0")
    word: str
    end_s: float | None = Field(  # type: ignore[assignment]  # wider than in whole answers
        description="seconds from the start of the audio; `null` while the word still sounds: the word comes again, "
        "with the same `index` and `start_s`, once its end is known"
    )


def word_entry(word: WordTime, *, shift_s: float = 0.0) -> Entry:
    """Return a word in the form of answers. `shift_s`: seconds of the answer before the sound of the word's request."""
    end_s = None if word.end_s is None else round(shift_s + word.end_s, DECIMALS)
    start, to = word.source or (None, None)
    return {
        "word": word.word,
        "start_s": round(shift_s + word.start_s, DECIMALS),
        "end_s": end_s,
        "from": start,
        "to": to,
    }


def told_entry(word: WordTime, *, shift_s: float, first: int) -> Entry:
    """Return a word in the form of events. `first`: index of the first word of the word's request."""
    return {"index": first + word.index} | word_entry(word, shift_s=shift_s)


def character_entries(words: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the characters of words in the form of `word_entry`, spaced evenly inside each.

    A character of a word that was sent in another form, such as an entity, has the place of the whole word.
    """
    for entry in words:
        word, start_s, end_s, start, to = (entry[name] for name in ("word", "start_s", "end_s", "from", "to"))
        assert isinstance(word, str) and isinstance(start_s, float) and isinstance(end_s, float)
        step_s = (end_s - start_s) / len(word)
        as_sent = isinstance(start, int) and isinstance(to, int) and to - start == len(word)
        for number, character in enumerate(word):
            place = (start + number, start + number + 1) if as_sent and isinstance(start, int) else (start, to)
            yield {
                "character": character,
                "start_s": round(start_s + number * step_s, DECIMALS),
                "end_s": round(start_s + (number + 1) * step_s, DECIMALS),
                "from": place[0],
                "to": place[1],
            }


class WordHistory:
    """Words that events have told, in the form of `told_entry`."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._starts_s: list[float] = []
        self._gaps_s: list[float] = []

    def add(self, entries: Iterable[Entry]) -> None:
        """Add words in order. One that comes again, with its end, replaces itself."""
        for entry in entries:
            index, start_s = entry["index"], entry["start_s"]
            assert isinstance(index, int) and isinstance(start_s, float)
            self._entries[index:] = [entry]
            self._starts_s[index:] = [start_s]

    def break_off(self, at_s: float) -> None:
        """Take note that from the second `at_s` on the words of the sound are not known, until one is added."""
        self._gaps_s.append(at_s)

    def spoken_to(self, seconds: float) -> Entry | None:
        """Return the last word that begins before `seconds` of the sound; None before the first one, or if unknown."""
        begun = bisect_left(self._starts_s, seconds)
        if not begun or any(self._starts_s[begun - 1] < gap_s < seconds for gap_s in self._gaps_s):
            return None
        return self._entries[begun - 1]


def told_words(request: RequestState) -> list[WordTime]:
    """Return all words of a request whose sound has ended; none where they are not known."""
    if request.words:
        request.words.told_until(math.inf)
    return request.words.told if request.words else []


def timestamps_of(request: RequestState) -> Entry:
    """Return the fields with the times of a request whose sound has ended; none where they were not asked for.

    Without an aligner the times are null, and `alignment_unavailable` has the reason. It also tells of an aligner that
    failed where times were not asked for, because the answer then has no completeness.
    """
    words = [word_entry(word) for word in told_words(request)]
    reason: Entry = {"alignment_unavailable": request.alignment_unavailable} if request.alignment_unavailable else {}
    if not request.utterance.word_times:
        return reason
    if request.words is None:
        return {"words": None, "characters": None, **reason}
    return {"words": words, "characters": list(character_entries(words))}
