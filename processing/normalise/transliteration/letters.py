"""Letters of a checkpoint: words in other scripts are written in one that it reads.

English words become sounds (`english_sounds.py`) and those the letters of Hindi or Telugu (`loanwords.py`); typed Hindi and Telugu are
read letter by letter (`typed_words.py`). Indic words become Latin letters as people type them, or the letters of
another Indic script, which stand at the same places of its block.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from processing.normalise.languages.romanised import romanise
from processing.normalise.transliteration.english_sounds import sounds_of
from processing.normalise.transliteration.loanwords import spell
from processing.normalise.transliteration.telugu_words import SPELLINGS
from processing.normalise.transliteration.typed_words import indic_of
from processing.respelling import DEVANAGARI, TELUGU
from shared.source_map import SourceMap, substitute

SCRIPTS = {"Latn": None, "Deva": DEVANAGARI, "Telu": TELUGU}
"""Unicode blocks of the scripts that a checkpoint may name, by ISO 15924 code; None: Latin."""
_LATIN_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]{1,2}(?![A-Za-z]))?")
_INDIC_WORDS = {
    block: re.compile(f"[{chr(block)}-{chr(block + 0x63)}{chr(block + 0x70)}-{chr(block + 0x7F)}\u200c\u200d]+")
    for block in (DEVANAGARI, TELUGU)
}
_DANDAS = re.compile("[।॥]")
_LETTERS = {
    DEVANAGARI: "ए बी सी डी ई एफ़ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाई ज़ेड".split(),
    TELUGU: "ఏ బీ సీ డీ ఈ ఎఫ్ జీ హెచ్ ఐ జే కే ఎల్ ఎమ్ ఎన్ ఓ పీ క్యూ ఆర్ ఎస్ టీ యూ వీ డబ్ల్యూ ఎక్స్ వై జెడ్".split(),
}
"""Names of the letters from A to Z."""
_RULE = "transliteration"


class Letters:
    """Writer of words in the scripts that a checkpoint reads, of SCRIPTS."""

    def __init__(self, scripts: Sequence[str]) -> None:
        blocks = [SCRIPTS[script] for script in scripts]
        self._latin = None in blocks
        self._indic = [block for block in blocks if block is not None]

    def write(self, text: str, *, block: int | None, typed: str = "", sources: SourceMap | None = None) -> str:
        """Return `text` without words in scripts that the checkpoint does not read.

        `block` is that of the sentence's language, None for Latin letters; `typed` is the code of a language that the
        sentence has in Latin letters, or "". `sources`, of the text, become those of the result.
        """
        for own, words in _INDIC_WORDS.items():
            if own not in self._indic and words.search(text):
                text = substitute(words, self._of_deva if own == DEVANAGARI else self._of_telu, text, sources, _RULE)
        if self._latin and not self._indic:
            text = substitute(_DANDAS, ".", text, sources, _RULE)
        if self._latin or not self._indic:
            return text
        to = block if block in self._indic else self._indic[0]
        return substitute(_LATIN_WORD, lambda word: _of_latin(word[0], to, typed), text, sources, _RULE)

    def _of_deva(self, word: re.Match[str]) -> str:
        return self._of_indic(word[0], DEVANAGARI)

    def _of_telu(self, word: re.Match[str]) -> str:
        return self._of_indic(word[0], TELUGU)

    def _of_indic(self, word: str, block: int) -> str:
        if self._indic:
            return "".join(
                [chr(ord(sign) - block + self._indic[0]) if ord(sign) >> 7 == block >> 7 else sign for sign in word]
            )
        return romanise(word, drops_schwa=block == DEVANAGARI)


@lru_cache(4)
def letters_of(scripts: tuple[str, ...]) -> Letters | None:
    """Return the letters of a checkpoint that reads `scripts`; None if it names none, and so reads all."""
    return Letters(scripts) if scripts else None


@lru_cache(4096)
def _of_latin(word: str, block: int, typed: str) -> str:
    if len(word) == 1 and word != "a":
        return _LETTERS[block][ord(word.lower()) - ord("a")]
    plain, _, ending = word.lower().replace("’", "'").partition("'")
    indic = indic_of(plain, block) if typed else None
    if block == TELUGU and not ending and plain in SPELLINGS:
        return indic or SPELLINGS[plain]
    return indic or spell(sounds_of(plain + ending), block)
