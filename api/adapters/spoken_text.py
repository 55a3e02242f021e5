"""Text of a context as its words are told: each word with the characters around it that are not spoken."""

import re
from dataclasses import dataclass

from api.request_text import MAX_TEXT
from shared.passages import SourcedText

_TAG = re.compile(r"<[^<>]*>")
_BEHIND = re.compile(r"[^\w\s<\[$₹€£]*\s*")
"""Characters behind a word that cannot belong to the next one."""


@dataclass(frozen=True, slots=True)
class WordText:
    """A word, the characters between it and the one before, without tags, and those that follow it for certain."""

    before: str
    word: str
    behind: str

    @property
    def token(self) -> str:
        """Return the word with the punctuation that touches it."""
        touching = re.split(r"\s", self.before)[-1]
        return touching + self.word + self.behind.rstrip()


class SpokenText:
    """Reader of a text that may still arrive, word by word. Places are those of the text that the client sent."""

    def __init__(self, text: str = "") -> None:
        self._text, self._at = str(text), 0
        # Characters before `_text`: white space that was sent before it, and those that were read.
        self._dropped = text.sources.runs[0].start if isinstance(text, SourcedText) else 0

    def add(self, text: str) -> None:
        """Take the text that follows. What no word is told of any more is forgotten: at most MAX_TEXT may wait."""
        text = self._text[self._at :] + text
        forgotten = max(0, len(text) - MAX_TEXT)
        self._dropped += self._at + forgotten
        self._text, self._at = text[forgotten:], 0

    def read_word(self, start: int, end: int) -> WordText:
        """Return the word with the characters from `start` to `end`, and pass over all up to the next one."""
        before, word = self._read(start - self._dropped), self._read(end - self._dropped)
        behind = _BEHIND.match(self._text, self._at)
        return WordText(_TAG.sub("", before), word, self._read(behind.end()) if behind else "")

    def read_rest(self) -> str:
        """Return the characters behind the last word, without tags."""
        return _TAG.sub("", self._read(len(self._text)))

    def _read(self, end: int) -> str:
        read = self._text[self._at : end]
        self._at += len(read)
        return read
