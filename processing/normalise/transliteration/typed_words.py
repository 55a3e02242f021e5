"""Hindi and Telugu words that are typed in Latin letters, in the letters of their script. Pure."""

import re
from collections.abc import Sequence

from processing.normalise.languages.hindi_words import DEVANAGARI as HINDI
from processing.normalise.languages.typed_hindi_vocabulary import LATIN_WORDS
from processing.normalise.languages.typed_hindi_words import TYPED
from processing.normalise.transliteration.english_words import EXCEPTIONS
from processing.respelling import DEVANAGARI

_KNOWN = dict(zip(TYPED.numbers, HINDI.numbers, strict=True)) | {
    name: words for (_, name), (_, words) in zip(TYPED.scales, HINDI.scales, strict=True)
}
_KNOWN |= {TYPED.units[key].one: name.one for key, name in HINDI.units.items() if " " not in TYPED.units[key].one}
_KNOWN |= dict(
    pair.split("=")
    for pair in """hain=हैं mein=में main=मैं nahi=नहीं nahin=नहीं nhi=नहीं hoon=हूँ hun=हूँ hu=हूँ yeh=यह ye=ये woh=वह wo=वो
    kyun=क्यों kyu=क्यों kahan=कहाँ yahan=यहाँ wahan=वहाँ haan=हाँ rupaye=रुपये rupaya=रुपया baje=बजे
    bajkar=बजकर par=पर aur=और percent=प्रतिशत point=पॉइंट minute=मिनट maa=माँ aap=आप tum=तुम ji=जी ho=हो hai=है
    hoga=होगा hogi=होगी karein=करें dein=दें lein=लें unhe=उन्हें hamein=हमें tumhe=तुम्हें paanchvaan=पाँचवाँ
    gaya=गया kiya=किया kya=क्या liye=लिए chahiye=चाहिए""".split()
)
"""Hindi words whose spelling the rules of letters miss."""
_CONSONANTS = {
    **{
        "kh": 0x16,
        "gh": 0x18,
        "chh": 0x1B,
        "ch": 0x1A,
        "jh": 0x1D,
        "th": 0x25,
        "dh": 0x27,
        "ph": 0x2B,
        "bh": 0x2D,
        "sh": 0x36,
    },
    **{
        "k": 0x15,
        "g": 0x17,
        "j": 0x1C,
        "t": 0x24,
        "d": 0x26,
        "n": 0x28,
        "p": 0x2A,
        "b": 0x2C,
        "m": 0x2E,
        "y": 0x2F,
        "r": 0x30,
    },
    **{"l": 0x32, "v": 0x35, "w": 0x35, "s": 0x38, "h": 0x39, "f": 0x2B, "z": 0x1C, "q": 0x15, "c": 0x15, "x": 0x15},
}
_VOWELS = {
    **{
        "aa": (0x06, 0x3E),
        "ai": (0x10, 0x48),
        "au": (0x14, 0x4C),
        "ee": (0x08, 0x40),
        "ii": (0x08, 0x40),
        "oo": (0x0A, 0x42),
    },
    **{"uu": (0x0A, 0x42), "a": (0x05, 0), "i": (0x07, 0x3F), "u": (0x09, 0x41), "e": (0x0F, 0x47), "o": (0x13, 0x4B)},
}
_SHORT = {"e": (0x0E, 0x46), "o": (0x12, 0x4A)}
_FINAL = {"a": "aa", "i": "ee", "u": "oo"}
_LETTER = re.compile("|".join(sorted((*_CONSONANTS, *_VOWELS), key=len, reverse=True)))
_VIRAMA, _NASAL = 0x4D, 0x02
_NASAL_BEFORE = frozenset("k g ch j t d p b kh gh chh jh th dh ph bh".split())


def _vowel(parts: Sequence[str], place: int, block: int) -> tuple[int, int]:
    """Return the offsets of the vowel's letter and sign: Hindi has long ones at the end, Telugu short "e" and "o"."""
    part, ahead = parts[place], parts[place + 1 : place + 3]
    if block == DEVANAGARI:
        return _VOWELS[_FINAL.get(part, part) if len(parts) > 1 and not ahead and place else part]
    closed = not place or (len(ahead) == 2 and ahead[0] not in _VOWELS and ahead[1] not in _VOWELS)
    return _SHORT[part] if part in _SHORT and closed else _VOWELS[part]


def indic_of(word: str, block: int) -> str | None:
    """Return a typed word in the script of `block`; None for a word of English.

    Hindi leaves the inherent vowel silent between consonants; Telugu joins them.
    """
    if block == DEVANAGARI and word in _KNOWN:
        return _KNOWN[word]
    if word in EXCEPTIONS and word not in LATIN_WORDS:
        return None
    parts = _LETTER.findall(word)
    written = ""
    after_consonant = False
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        if part in _VOWELS:
            independent, sign = _vowel(parts, place, block)
            written += (chr(block + sign) if sign else "") if after_consonant else chr(block + independent)
            after_consonant = False
            continue
        ahead = "" if last else parts[place + 1]
        if part == "n" and written and not after_consonant and ahead in _NASAL_BEFORE:
            written += chr(block + _NASAL)
            continue
        if after_consonant and (block != DEVANAGARI or place == 1 or part == parts[place - 1] or part == "y"):
            written += chr(block + _VIRAMA)
        written += chr(block + _CONSONANTS[part])
        after_consonant = True
    if after_consonant and block != DEVANAGARI:
        written += chr(block + _VIRAMA)
    return written or None
