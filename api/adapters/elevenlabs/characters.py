"""Times of characters, from those of words.

Within a word, characters follow each other evenly. The characters behind a word begin where its sound ends.
"""

import math
import unicodedata
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

TOLERANCE_S = 0.0005
"""Seconds by which silent characters may begin behind the sound that they are taken with: half of a millisecond, the
unit of the sockets. So those behind a word that ends with the sound come with it."""
_JOINERS = "\u200c\u200d"


@dataclass(slots=True)
class _Character:
    """Character and the second at which it begins; None while the end of its word is not known."""

    text: str
    start_s: float | None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class TimedCharacters:
    """Characters that follow each other, the second at which each begins, and that at which the last one ends.

    They were taken from `from_s`, up to which others were taken before, to `until_s`.
    """

    text: str
    starts_s: tuple[float, ...]
    end_s: float
    from_s: float
    until_s: float


class CharacterTimes:
    """Queue of the characters of a text whose words are told one after the other; times never decrease."""

    def __init__(self) -> None:
        self._characters: deque[_Character] = deque()
        self._open: list[_Character] = []  # those of a word whose end is not known, without its first
        self._open_start_s = 0.0
        self._end_s = 0.0  # of the last word
        self.last = ""  # character that was added
        self._taken_s = 0.0  # up to which characters were taken

    def add_silent(self, text: str) -> None:
        """Add characters that are not spoken, behind a word whose end is known."""
        assert not self._open, "end_word() comes first"
        self._characters += (_Character(character, self._end_s, silent=True) for character in text)
        self.last = text[-1:] or self.last

    def add_word(self, text: str, start_s: float, end_s: float | None) -> None:
        """Add a word; without its end, `end_word` must follow."""
        start_s = max(start_s, self._end_s)
        characters = [_Character(character, None) for character in text]
        characters[0].start_s = self._open_start_s = self._end_s = start_s
        self._characters += characters
        self._open, self.last = characters[1:], text[-1]
        if end_s is not None:
            self.end_word(end_s)

    def end_word(self, end_s: float) -> None:
        """Give the characters of the last word their times."""
        start_s, self._end_s = self._open_start_s, max(end_s, self._open_start_s)
        slots = 1 + sum(map(_has_time, (character.text for character in self._open)))
        slot = 0
        for character in self._open:
            slot += _has_time(character.text)
            character.start_s = start_s + (self._end_s - start_s) * slot / slots
        self._open = []

    def take(self, until_s: float, *, rest: bool = False) -> TimedCharacters | None:
        """Remove and return the characters that begin before `until_s`; None if there are none. `rest`: all of them.

        Characters that are told after the sound that holds them begin where the sound of this call does.
        """
        taken = list(self._take(math.inf if rest else until_s))
        if not taken:
            return None
        from_s, text = self._taken_s, "".join(character for character, _ in taken)
        starts_s = tuple(max(start_s, from_s) for _, start_s in taken)
        self._taken_s = max(until_s, starts_s[-1])
        next_s = self._characters[0].start_s if self._characters else None
        return TimedCharacters(text, starts_s, next_s or self._taken_s, from_s, self._taken_s)

    def _take(self, until_s: float) -> Iterator[tuple[str, float]]:
        while self._characters and (start_s := self._characters[0].start_s) is not None:
            if start_s >= until_s + (TOLERANCE_S if self._characters[0].silent else 0.0):
                return
            yield self._characters.popleft().text, start_s


def _has_time(character: str) -> bool:
    """Return whether a character has time of its own; marks sound with the letter before them."""
    return character.isascii() or (unicodedata.category(character)[0] != "M" and character not in _JOINERS)
