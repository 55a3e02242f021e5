"""Units of a spoken text: its letters in a plain form, word by word. Knows nothing of tokens and models.

A letter is compared in lower case and without accents; in Indic scripts vowel signs are letters of their own, and the
sign that removes a vowel (virama) is none.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

SILENCE, OTHER = 0, 1
"""Index of silence, and of letters that the model does not know."""
FIRST_LETTER = 2
_VIRAMA_CLASS = 9
"""Unicode's canonical combining class of viramas."""


@lru_cache(4096)  # several scripts
def plain_letters(character: str) -> str:
    """Return the letters that a character stands for, "" for punctuation."""
    parts = unicodedata.normalize("NFKD", character.casefold())
    return "".join(part for part in parts if _is_letter(part))


def _is_letter(part: str) -> bool:
    category, combining = unicodedata.category(part), unicodedata.combining(part)
    if category[0] == "M":
        return (
            combining not in range(200, 256) and combining != _VIRAMA_CLASS
        )  # 200 and above: accents of Latin letters
    return category[0] in "LN"


class UnitTable:
    """Table of the units that a model knows: silence, other, and its letters."""

    def __init__(self, letters: str) -> None:
        self.letters = letters
        self._index = {letter: FIRST_LETTER + i for i, letter in enumerate(letters)}

    @property
    def count(self) -> int:
        return FIRST_LETTER + len(self.letters)

    def word(self, text: str) -> list[int]:
        """Return the units of a word, at least one."""
        return [self._index.get(part, OTHER) for c in text for part in plain_letters(c)] or [OTHER]

    def words(self, text: str, spans: Sequence[tuple[int, int]]) -> list[list[int]]:
        """Return the units of each word of a text; `spans` are the words' characters (start, end)."""
        return [self.word(text[start:end]) for start, end in spans]
