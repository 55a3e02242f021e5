"""Units of a spoken text: its letters in a plain form, word by word. Knows nothing of tokens and models.

A letter is compared in lower case and without accents. In Indic scripts vowel signs are letters of their own, the vowel
that a consonant has without a sign is written out, and the sign that removes it (virama) is no letter. Units
that sound alike are a vowel's letter and its sign, and the letters of other Indic scripts at the same place: any may be
heard where the text has another.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

SILENCE, OTHER = 0, 1
"""Index of silence, and of letters that the model does not know."""
FIRST_LETTER = 2
_VIRAMA_CLASS = 9
"""Unicode's canonical combining class of viramas."""
_BLOCKS, _BLOCK = range(0x0900, 0x0D80), 128
"""Code points from Devanagari to Malayalam: blocks of 128 with one order of letters."""
_VOWEL_A, _CONSONANTS = 0x05, range(0x15, 0x3A)
"""Places of the letter A and of the consonants in a block."""
_NUKTA, _VOWEL_SIGNS = 0x3C, frozenset((*range(0x3E, 0x4E), 0x55, 0x56, 0x57))
"""Places of the dot that changes a consonant, and of the signs in the place of the vowel A, the virama among them."""
_LETTER_VOWELS, _SIGN_OF_LETTER = range(0x06, 0x15), 0x38
"""Places of the vowels that are letters of their own, and what is added for the sign of the same vowel."""
_FINAL_A = range(0x0B80, 0x0D80)
"""Tamil to Malayalam: scripts whose languages speak the vowel A at the end of a word."""


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


def letters_of_word(word: str) -> str:
    """Return the letters of a word, with the vowels that its consonants have without a sign."""
    letters: list[str] = []
    bare = 0  # block of a consonant that has no vowel yet
    for character in unicodedata.normalize("NFD", word):
        block, place = divmod(ord(character), _BLOCK)
        if bare and place != _NUKTA:
            if block != bare or place not in _VOWEL_SIGNS:
                letters.append(_vowel_a(bare))
            bare = 0
        letters.append(plain_letters(character))
        if place in _CONSONANTS and block * _BLOCK in _BLOCKS:
            bare = block
    if bare * _BLOCK in _FINAL_A:
        letters.append(_vowel_a(bare))
    return "".join(letters)


def _vowel_a(block: int) -> str:
    return chr(block * _BLOCK + _VOWEL_A)


def _sound_of(place: int) -> int:
    """Return the place of a letter in its block; of the letter of a vowel, that of its sign."""
    return place + _SIGN_OF_LETTER if place in _LETTER_VOWELS else place


class UnitTable:
    """Table of the units that a model knows: silence, other, and its letters."""

    def __init__(self, letters: str) -> None:
        self.letters = letters
        self.word = lru_cache(8192)(self._word)  # texts repeat their words
        self._index = {letter: FIRST_LETTER + i for i, letter in enumerate(letters)}
        sounds: dict[int, list[int]] = {}
        for letter, unit in self._index.items():
            if ord(letter) in _BLOCKS:
                sounds.setdefault(_sound_of(ord(letter) % _BLOCK), []).append(unit)
        self.alike = np.tile(np.arange(self.count), (max(map(len, sounds.values()), default=1), 1))
        """Units that sound as each unit: the vowel's other form, and the letters of other Indic scripts [K, U]."""
        for units in sounds.values():
            self.alike[: len(units), units] = np.array(units)[:, None]

    @property
    def count(self) -> int:
        return FIRST_LETTER + len(self.letters)

    def words(self, text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
        """Return the units of each word of a text; `spans` are the words' characters (start, end)."""
        return [self.word(text[start:end]) for start, end in spans]

    def _word(self, text: str) -> tuple[int, ...]:
        """Return the units of a word, at least one."""
        return tuple(self._index.get(letter, OTHER) for letter in letters_of_word(text)) or (OTHER,)
