"""Phones in letters that a checkpoint reads as those phones: Latin letters of English, Devanagari or Telugu.

A checkpoint that takes text alone says a phoneme by its spelling. `tests/training/test_phonemes_are_heard.py` compares
what the embedded voice says with the phones that were asked for.
"""

from collections.abc import Sequence

from processing.phonemes import ASPIRATED, BETWEEN_WORDS, DIPHTHONGS, LONG, NASAL, VOWELS

DEVANAGARI, TELUGU = 0x0900, 0x0C00
_LATIN = dict(
    pair.split("=")
    for pair in """a=ah ɑ=ah æ=a ɐ=uh ʌ=u ə=uh ɜ=ur ɝ=ur ɚ=er e=ay ɛ=e i=ee ɪ=i o=oh ɔ=aw ɒ=o u=oo ʊ=oo
    eɪ=ay aɪ=igh ɔɪ=oy aʊ=ow oʊ=oh əʊ=oh
    tʃ=ch dʒ=j p=p b=b t=t d=d k=k ɡ=g f=f v=v θ=th ð=th s=s z=z ʃ=sh ʒ=zh h=h ɦ=h m=m n=n ŋ=ng l=l ɹ=r r=r j=y w=w
    t̪=t d̪=d ʈ=t ɖ=d ɳ=n ɭ=l ɽ=r ɾ=r ɲ=ny ʂ=sh ʋ=v x=kh ɣ=g q=k c=ch ɟ=j ʔ=-""".split()
)
_FINAL = {"ə": "a", "ɐ": "a", "i": "ee", "ʌ": "uh", "ɪ": "ih", "ɛ": "eh", "æ": "ah"}
_INITIAL = {"aɪ": "eye", "ə": "a"}
_BEFORE_R = {"ɛ": "ai", "e": "ai", "ɪ": "ee", "ɑ": "a", "ɔ": "o", "æ": "a"}
_RHOTIC = ("ɹ", "r", "ɾ")
_SONORANT = ("n", "l", "m")
_SOFT_BEFORE = ("e", "i", "y")
_DOUBLED = frozenset("p b t d k ɡ f n m l ɹ r z".split())
_VOWELS = frozenset((*VOWELS, *DIPHTHONGS))

# Offsets in an Indic block, whose letters have the same places in every script (ISCII): independent vowel, vowel sign.
_VOWEL_OFFSETS = {
    **{"a": (0x05, 0), "ə": (0x05, 0), "ʌ": (0x05, 0), "ɐ": (0x05, 0), "ɜ": (0x05, 0), "ɝ": (0x05, 0), "ɚ": (0x05, 0)},
    **{
        "aː": (0x06, 0x3E),
        "ɑ": (0x06, 0x3E),
        "ɒ": (0x06, 0x3E),
        "ɔ": (0x06, 0x3E),
        "i": (0x07, 0x3F),
        "ɪ": (0x07, 0x3F),
    },
    **{
        "iː": (0x08, 0x40),
        "u": (0x09, 0x41),
        "ʊ": (0x09, 0x41),
        "uː": (0x0A, 0x42),
        "e": (0x0F, 0x47),
        "eɪ": (0x0F, 0x47),
    },
    **{"æ": (0x10, 0x48), "ɛ": (0x0F, 0x47), "aɪ": (0x10, 0x48), "o": (0x13, 0x4B), "oʊ": (0x13, 0x4B)},
    **{"əʊ": (0x13, 0x4B), "ɔː": (0x14, 0x4C), "aʊ": (0x14, 0x4C), "ɔɪ": (0x13, 0x4B)},
}
_SHORT = {TELUGU: {"e": (0x0E, 0x46), "ɛ": (0x0E, 0x46), "o": (0x12, 0x4A), "æ": (0x0F, 0x47)}}
_DIPHTHONG_ENDS = {DEVANAGARI: {"aɪ": (0x06, 0x3E, "इ"), "ɔɪ": (0x13, 0x4B, "इ")}, TELUGU: {"ɔɪ": (0x13, 0x4B, "య్")}}
_REDUCED = ("ə", "ʌ", "ɐ")
_R_COLOURED = ("ɜ", "ɝ", "ɚ")
_CONSONANT_OFFSETS = {
    **{
        "k": 0x15,
        "kʰ": 0x16,
        "ɡ": 0x17,
        "ɡʰ": 0x18,
        "ŋ": 0x19,
        "tʃ": 0x1A,
        "tʃʰ": 0x1B,
        "dʒ": 0x1C,
        "dʒʰ": 0x1D,
        "ɲ": 0x1E,
    },
    **{"t": 0x1F, "ʈ": 0x1F, "tʰ": 0x20, "ʈʰ": 0x20, "d": 0x21, "ɖ": 0x21, "dʰ": 0x22, "ɖʰ": 0x22, "ɳ": 0x23},
    **{"t̪": 0x24, "t̪ʰ": 0x25, "θ": 0x25, "d̪": 0x26, "ð": 0x26, "d̪ʰ": 0x27, "n": 0x28, "p": 0x2A, "pʰ": 0x2B, "f": 0x2B},
    **{"b": 0x2C, "bʰ": 0x2D, "m": 0x2E, "j": 0x2F, "r": 0x30, "ɹ": 0x30, "ɾ": 0x30, "ɽ": 0x21, "ɽʰ": 0x22, "l": 0x32},
    **{"ɭ": 0x33, "ʋ": 0x35, "v": 0x35, "w": 0x35, "ʃ": 0x36, "ʂ": 0x37, "s": 0x38, "z": 0x1C, "ʒ": 0x1D, "h": 0x39},
    **{"ɦ": 0x39, "x": 0x16, "ɣ": 0x17, "q": 0x15, "c": 0x1A, "ɟ": 0x1C},
}
_DOTTED = frozenset(("f", "z", "x", "ɣ", "q", "ɽ", "ɽʰ"))
"""Consonants that Devanagari writes with a dot below."""
_VIRAMA, _NASAL_SIGN, _NUKTA = 0x4D, 0x02, "\u093c"


def respell(phones: Sequence[str], block: int | None) -> str:
    """Return `phones` in the script of the Unicode block `block`, DEVANAGARI or TELUGU, else in Latin letters."""
    words: list[list[str]] = [[]]
    for phone in phones:
        if phone == BETWEEN_WORDS:
            words.append([])
        else:
            words[-1].append(phone)
    write = _indic_word if block in (DEVANAGARI, TELUGU) else _latin_word
    return " ".join([write(word, block or 0) for word in words if word])


def _latin_word(phones: Sequence[str], _block: int) -> str:
    bases = [phone.rstrip(LONG + ASPIRATED + NASAL) for phone in phones]
    parts = [_latin(bases, place) + "n" * (NASAL in phone) for place, phone in enumerate(phones)]
    for place, (base, ahead) in enumerate(zip(bases, [*parts[1:], ""], strict=True)):
        if base == "ɡ" and ahead.startswith(_SOFT_BEFORE):
            parts[place] = "gh"
        elif (base == "s" and place and (not ahead or bases[place - 1] in _VOWELS)) or _is_doubled(bases, place):
            parts[place] = parts[place][0] + parts[place]
    return "".join(parts)


def _latin(bases: Sequence[str], place: int) -> str:
    """Return the letters of the phone at `place`, which depend on its neighbours."""
    base, ahead = bases[place], bases[place + 1 : place + 3]
    if not place and base in _INITIAL:
        return _INITIAL[base]
    if not ahead and base in _FINAL:
        return _FINAL[base]
    if ahead and ahead[0] in _RHOTIC and base in _BEFORE_R:
        return _BEFORE_R[base]
    if base == "aɪ" and ahead and ahead[0] in _SONORANT and (len(ahead) == 1 or ahead[1] not in _VOWELS):
        return "y"
    return "o" if base == "ɑ" and ahead[:1] == ["n"] else _LATIN[base]


def _is_doubled(bases: Sequence[str], place: int) -> bool:
    """Return whether the consonant stands between a short vowel and another vowel: English then doubles its letter."""
    inside = 0 < place < len(bases) - 1
    return (
        inside
        and bases[place] in _DOUBLED
        and bases[place - 1] in ("æ", "ɛ", "ɪ", "ʌ", "ɜ", "ɝ")
        and bases[place + 1] in _VOWELS
    )


def _indic_word(phones: Sequence[str], block: int) -> str:
    written = ""
    open_consonant = False  # the last letter is a consonant whose vowel is not written yet
    for place, phone in enumerate(phones):
        plain = phone.replace(NASAL, "")
        if place and place == len(phones) - 1 and plain in _REDUCED:
            plain = f"a{LONG}"  # Devanagari's last letter is read without its inherent vowel
        if plain.rstrip(LONG + ASPIRATED) in _VOWELS:
            independent, sign, end = _vowel(plain, block)
            written += (chr(block + sign) if sign else "") if open_consonant else chr(block + independent)
            written += end
            if plain.rstrip(LONG) in _R_COLOURED:
                written += chr(block + 0x30)
            open_consonant = plain.rstrip(LONG) in _R_COLOURED
            if NASAL in phone:
                written += chr(block + _NASAL_SIGN)
        elif plain[0] != "ʔ":
            letter = _consonant(plain.removesuffix(LONG), block)
            joined = chr(block + _VIRAMA)
            written += joined * open_consonant + letter + (joined + letter) * plain.endswith(LONG)
            open_consonant = True
    if open_consonant and block == TELUGU:  # Devanagari's last consonant has no vowel anyway
        written += chr(block + _VIRAMA)
    return written


def _vowel(phone: str, block: int) -> tuple[int, int, str]:
    """Return the offsets of the vowel's letter and sign, and the letter behind it, if any."""
    if ended := _DIPHTHONG_ENDS[block].get(phone):
        return ended
    own = _SHORT.get(block, {})
    found = (
        own.get(phone) or _VOWEL_OFFSETS.get(phone) or own.get(phone.rstrip(LONG)) or _VOWEL_OFFSETS[phone.rstrip(LONG)]
    )
    if phone.endswith(LONG) and phone.rstrip(LONG) in own:
        found = _VOWEL_OFFSETS[phone.rstrip(LONG)]
    return *found, ""


def _consonant(phone: str, block: int) -> str:
    offset = _CONSONANT_OFFSETS.get(phone) or _CONSONANT_OFFSETS[phone.rstrip(ASPIRATED)]
    return chr(block + offset) + (_NUKTA if block == DEVANAGARI and phone in _DOTTED else "")
