"""Spelling of English words in Devanagari and Telugu, as Hindi and Telugu write loanwords. Pure.

`processing/respelling.py` writes phones so that a checkpoint says them, and gives the letters; here the usual spelling
counts: डॉक्टर, अकाउंट, सॉफ़्टवेयर; బ్యాంక్, స్టేషన్. The phones are those of `english_sounds.py`.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from processing.phonemes import DIPHTHONGS, LONG, NASAL, VOWELS
from processing.respelling import DEVANAGARI, TELUGU, respell

_VOWELS = frozenset((*VOWELS, *DIPHTHONGS))
_REDUCED = ("ə", "ʌ")
_OPEN_I = ("i", "ɪ")
_OWN = {"ɒ": ("ऑ", "ॉ"), "ɔ": ("ऑ", "ॉ"), "aʊ": ("आउ", "ाउ"), "ɔɪ": ("ऑइ", "ॉइ")}
"""Letter and sign of vowels that Devanagari has for loanwords."""
_SPLIT: dict[int, dict[str, tuple[str, ...]]] = {
    DEVANAGARI: {"aʊ": ("aː", "v", "ə"), "aɪ": ("aː", "j", "ə")},
    TELUGU: {"aʊ": ("ə", "v", "ə"), "aɪ": ("aɪ",)},
}
"""Diphthongs with the schwa behind them: पावर, फ़ायर; పవర్, ఫైర్."""
_ONSETS = frozenset("pl bl kl ɡl fl sl".split())
_NOT_JOINED = frozenset("ʈ t ɖ d s n p k".split())
_APART = frozenset("v w m b f l".split())
"""Consonants to which Devanagari joins no stop before them, as between the parts of a compound: पासवर्ड, ऑनलाइन."""
_PLAIN_A = ("tʃ", "dʒ", "ʂ", "r", "j")
"""Consonants after which Telugu writes the vowel of "cat" as ా; after other single ones it is ్యా."""
_VIRAMA_OFFSET, _NASAL_OFFSET = 0x4D, 0x02


def spell(phones: Sequence[str], block: int) -> str:
    """Return the phones of an English word in the script of `block`, DEVANAGARI or TELUGU."""
    said = list(_adapted(phones, block))
    virama = chr(block + _VIRAMA_OFFSET)
    written = ""
    for place, phone in enumerate(said):
        open_consonant = place > 0 and not _is_vowel(said[place - 1])
        if not _is_vowel(phone):
            joined = open_consonant and (block == TELUGU or not _is_apart(said, place))
            written += virama * joined + _letter(phone, block)
            continue
        letter, sign = _vowel(said, place, block)
        written += (sign if open_consonant else letter) + chr(block + _NASAL_OFFSET) * (NASAL in phone)
    return written + virama * (block == TELUGU and not _is_vowel(said[-1]))


def _is_vowel(phone: str) -> bool:
    return phone.replace(NASAL, "").rstrip(LONG) in _VOWELS


def _adapted(phones: Sequence[str], block: int) -> Iterator[str]:
    """Yield the phones that the script writes: glides between vowels, and what stands before "r" and "s"."""
    phones, place = list(phones), 0
    while place < len(phones):
        phone, ahead = phones[place], phones[place + 1 : place + 3]
        plain = phone.rstrip(LONG)
        closes = ahead[:1] == ["r"] and (len(ahead) == 1 or not _is_vowel(ahead[1]))
        if phone in _SPLIT[block] and ahead and ahead[0].replace(NASAL, "") == "ə":
            *first, last = _SPLIT[block][phone]
            yield from (*first, last + NASAL * (NASAL in ahead[0]))
            place += 1
        elif phone == "ɛ" and closes:
            yield from _before_r(block, initial=not place)
        elif phone == f"i{LONG}" and closes and block == DEVANAGARI:
            yield from ("ɪ", "j", "ə")
        elif phone.replace(NASAL, "") == "ɔɪ" and (block == TELUGU or not ahead):
            yield from ("ɒ", "j", *([phone.replace("ɔ", "")] if ahead else []))
        elif phone == "ʒ":
            yield "z"
        elif plain in _OPEN_I and ahead and _is_vowel(ahead[0]):
            yield from ("ɪ", "j")
        elif block == TELUGU and NASAL in phone and ahead[:1] in (["s"], ["z"], ["ʃ"]):
            yield from (phone.replace(NASAL, ""), "n")
        else:
            yield "ʂ" if block == TELUGU and phone == "ʃ" else phone
        place += 1


def _before_r(block: int, *, initial: bool) -> tuple[str, ...]:
    """Return the vowel of "care" and "air": केयर, एयर; కేర్, ఎయిర్."""
    if block == DEVANAGARI:
        return "e", "j", "ə"
    return ("ɛ", "j", "ɪ") if initial else ("eɪ",)


def _is_apart(phones: Sequence[str], place: int) -> bool:
    """Return whether Devanagari leaves the consonant at `place` apart from the one before it: इंटरनेट, पासवर्ड."""
    before, phone = phones[place - 1], phones[place]
    opens = place + 1 < len(phones) and _is_vowel(phones[place + 1])
    if before == "r":
        later = sum(map(_is_vowel, phones[:place])) > 1
        return later and opens and place > 1 and phones[place - 2] == "ə"
    if place < 2 or not opens:
        return False
    return before in _NOT_JOINED and phone in _APART and before + phone not in _ONSETS


def _vowel(phones: Sequence[str], place: int, block: int) -> tuple[str, str]:
    """Return letter and sign of the vowel at `place`; the last one of a word is not the inherent one."""
    phone = phones[place].replace(NASAL, "")
    if block == DEVANAGARI and phone in _OWN:
        return _OWN[phone]
    if place and place == len(phones) - 1 and phone in _REDUCED:
        phone = f"a{LONG}"
    if block == TELUGU and phone == "æ":
        cluster = place > 1 and not _is_vowel(phones[place - 2])
        plain = phones[place - 1] in _PLAIN_A or (cluster and (phones[place - 1] == "l" or phones[place - 2] == "s"))
        glide = "" if plain else "్య"
        return "యా", f"{glide}ా"
    return _letters(phone, block)


@lru_cache(256)
def _letters(vowel: str, block: int) -> tuple[str, str]:
    """Return letter and sign of a vowel; the sign is what stands between two consonants."""
    consonant = _letter("k", block)
    return respell([vowel], block), respell(["k", vowel, "k"], block).split(consonant)[1]


@lru_cache(256)
def _letter(consonant: str, block: int) -> str:
    return respell([consonant], block).removesuffix(chr(block + _VIRAMA_OFFSET))
