"""Alignments in ElevenLabs' form: the characters of a text with their times, as its words are told."""

from itertools import pairwise

from api.adapters.elevenlabs.characters import CharacterTimes, TimedCharacters
from api.adapters.elevenlabs.schemas import Alignment
from api.adapters.spoken_text import SpokenText
from api.adapters.told_words import ToldWords
from api.events import Event
from core.request_state import RequestState

Pair = tuple[TimedCharacters | None, TimedCharacters | None]
"""Characters of the text that the client sent, and of the text that was spoken."""


class TextAlignment:
    """Alignment of one text: that of the client, or the one that is spoken for it."""

    def __init__(self, text: str = "") -> None:
        self.text = SpokenText(text)
        self._has_words = False
        self._times = CharacterTimes()
        self._behind: str | None = None  # characters behind a word whose end is not known

    def add_word(self, place: tuple[int, int], start_s: float, end_s: float | None) -> None:
        """Add the word with the characters of `place`. It comes once more if its end was not known."""
        self._has_words = True
        if self._behind is None:
            read = self.text.read_word(*place)
            self._times.add_silent(read.before)
            if read.word:
                self._times.add_word(read.word, start_s, None)
            self._behind = read.behind
        if end_s is not None:
            self._end_word(end_s)

    def break_off(self) -> None:
        """End a word whose end will not be known: the sound or the alignment broke off in it."""
        if self._behind is not None:
            self._end_word(0.0)

    def end(self, *, spaced: bool) -> None:
        """Add the characters behind the last word, with `spaced` a space at their end.

        A text without words has no alignment.
        """
        self.break_off()
        if self._has_words:
            self._times.add_silent(self.text.read_rest())
            if spaced and not self._times.last.isspace():
                self._times.add_silent(" ")

    def take(self, until_s: float, *, rest: bool = False) -> TimedCharacters | None:
        """Return the characters that begin before `until_s`, or with `rest` all, that were not taken yet."""
        return self._times.take(until_s, rest=rest)

    def _end_word(self, end_s: float) -> None:
        self._times.end_word(end_s)
        self._times.add_silent(self._behind or "")
        self._behind = None


class Alignments:
    """Alignments of a context: of the text that its client sends, and of the text that is spoken for it."""

    def __init__(self, text: str = "") -> None:
        self._written, self._spoken = TextAlignment(text), TextAlignment()
        self._words = ToldWords()
        self._request: RequestState | None = None
        self._spoken_before = self._spoken_now = 0  # characters spoken by the requests before, and by the current one

    def add_text(self, text: str) -> None:
        """Take the text that follows."""
        self._written.text.add(text)

    def follow(self, request: RequestState, begin_s: float = 0.0) -> None:
        """Take the words of a request that were told. Its sound begins at the second `begin_s` of the context."""
        if request is not self._request:
            self._end_request()
            self._request = request
            self._words.follow(request, begin_s)
        spoken = request.script.spoken if request.script else ""
        self._spoken.text.add(spoken[self._spoken_now :])
        self._spoken_now = len(spoken)
        self._add_words()

    def take(self, until_s: float) -> Pair:
        """Return the characters of both texts that begin before `until_s`, and were not taken yet."""
        return self._written.take(until_s), self._spoken.take(until_s)

    def take_rest(self, end_s: float = 0.0, *, spaced: bool = False) -> Pair:
        """Return the characters that are left, with those behind the last word. They end at `end_s` or later.

        `spaced`: a space ends the text, by which clients see that its last word is complete.
        """
        self._add_words()
        for text in (self._written, self._spoken):
            text.end(spaced=spaced)
        return self._written.take(end_s, rest=True), self._spoken.take(end_s, rest=True)

    def _add_words(self) -> None:
        for word in self._words.take():
            if word.source:
                self._written.add_word(word.source, word.start_s, word.end_s)
            start, end = word.spoken
            self._spoken.add_word((self._spoken_before + start, self._spoken_before + end), word.start_s, word.end_s)

    def _end_request(self) -> None:
        """End the words of a request; a space separates them from those of the next one."""
        if self._request:
            self._add_words()
            self._written.break_off()
            self._spoken.end(spaced=True)
            self._spoken_before, self._spoken_now = self._spoken_before + self._spoken_now, 0


def in_seconds(timed: TimedCharacters | None) -> Alignment | None:
    """Return an alignment of the REST routes."""
    if timed is None:
        return None
    edges = [round(edge_s, 3) for edge_s in (*timed.starts_s, timed.end_s)]
    return Alignment(
        characters=list(timed.text),
        character_start_times_seconds=edges[:-1],
        character_end_times_seconds=edges[1:],
    )


def in_milliseconds(timed: TimedCharacters | None, *, relative: bool) -> Event | None:
    """Return an alignment of the sockets; with `relative` times, of the sound since the alignment before.

    That sound and its characters end together, so that a client that adds the spans of alignments follows the sound.
    """
    if timed is None:
        return None
    begin_s, end_s = (timed.from_s, timed.until_s) if relative else (0.0, timed.end_s)
    begin = round(begin_s * 1000)
    edges = [round(edge_s * 1000) - begin for edge_s in (*timed.starts_s, end_s)]
    return {
        "chars": list(timed.text),
        "charStartTimesMs": edges[:-1],
        "charDurationsMs": [end - start for start, end in pairwise(edges)],
    }
