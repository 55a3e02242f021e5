"""Choice of the language in which a sentence is read: by its scripts and, in Latin letters, by its words."""

import re

from processing.normalise.languages import VERBALIZERS
from processing.normalise.languages.english import ENGLISH
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import alternatives

_BY_BLOCK = {verbalizer.block: verbalizer for verbalizer in VERBALIZERS if verbalizer.block is not None}
_INDIC = [
    (verbalizer, re.compile(rf"[{verbalizer.letters_and_marks}\u200c\u200d]+")) for verbalizer in _BY_BLOCK.values()
]
_DIGIT = re.compile(f"[{''.join(chr(block + 0x66) + '-' + chr(block + 0x6F) for block in _BY_BLOCK)}]")
_BLOCK_SIZE = 0x80
_LATIN = re.compile(r"[A-Za-z]+")
_TYPED = [
    (verbalizer, re.compile(rf"\d ?(?:{alternatives(verbalizer.written.latin_counted)})\b", re.IGNORECASE))
    for verbalizer in VERBALIZERS
    if verbalizer.written.latin_words
]


def verbalizer_of(sentence: str, previous: Verbalizer) -> Verbalizer:
    """Return the verbalizer for `sentence`; `previous`, that of the sentence before, if no letters tell.

    A sentence with a quarter of its words in an Indic script is in the language of that script.
    """
    words = [(len(pattern.findall(sentence)), verbalizer) for verbalizer, pattern in _INDIC]
    most, indic = max(words, key=lambda counted: counted[0])
    if not most and not sentence.isascii() and (digit := _DIGIT.search(sentence)):
        return _BY_BLOCK[ord(digit[0]) // _BLOCK_SIZE * _BLOCK_SIZE]
    latin = _LATIN.findall(sentence)
    if most * 3 >= max(1, len(latin)):
        return indic
    if not latin:
        return previous
    lowered = [word.lower() for word in latin]
    for verbalizer, counted in _TYPED:
        typed = sum(word in verbalizer.written.latin_words for word in lowered)
        if typed * 3 >= len(latin) or counted.search(sentence):
            return verbalizer
    if previous is not ENGLISH and sum(map(len, latin)) <= 3:
        return previous
    return ENGLISH
