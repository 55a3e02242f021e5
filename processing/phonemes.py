"""Phonemes of markup and dictionaries: IPA, X-SAMPA and ARPAbet become phones of one inventory. Pure.

Stress, tone, syllables and ties are left out, because no checkpoint takes them. Length, aspiration and nasality stay
with their phone: "aː", "tʰ", "ã". `respelling.py` writes phones in the letters of a language.
"""

import re
import unicodedata
from collections.abc import Iterator

VOWELS = tuple("a ɑ æ ɐ ʌ ə ɜ ɝ ɚ e ɛ i ɪ o ɔ ɒ u ʊ".split())
"""Vowels of English and of the Indian languages."""
DIPHTHONGS = tuple("eɪ aɪ ɔɪ aʊ oʊ əʊ".split())
CONSONANTS = tuple("tʃ dʒ p b t d k ɡ f v θ ð s z ʃ ʒ h ɦ m n ŋ l ɹ r j w t̪ d̪ ʈ ɖ ɳ ɭ ɽ ɾ ɲ ʂ ʋ x ɣ q c ɟ ʔ".split())
BETWEEN_WORDS = " "
"""Phone between two words."""
LONG, ASPIRATED, NASAL = "ː", "ʰ", "\u0303"

_ALSO = {"ei": "eɪ", "ai": "aɪ", "oi": "ɔɪ", "ɔi": "ɔɪ", "au": "aʊ", "ou": "oʊ"}
"""Diphthongs as broad transcriptions write them."""
_INVENTORY = sorted((*VOWELS, *DIPHTHONGS, *CONSONANTS, *_ALSO), key=len, reverse=True)
_WITHOUT_SOUND = frozenset("ˈˌ'.|‖‿ˑ-͜͡↗↘˥˦˧˨˩\u0329\u032f\u031a")
"""Stress, syllables, borders, ties and tones."""
_SAME = str.maketrans(
    {"g": "ɡ", ":": LONG, "ʱ": ASPIRATED, "ɫ": "l", "ɻ": "ɹ", "ʤ": "dʒ", "ʧ": "tʃ", "ɨ": "ɪ", "ʍ": "w"}
)
_X_SAMPA = {
    **{"A": "ɑ", "{": "æ", "6": "ɐ", "V": "ʌ", "@": "ə", "3": "ɜ", "@`": "ɚ", "3`": "ɝ", "E": "ɛ", "I": "ɪ", "O": "ɔ"},
    **{"Q": "ɒ", "U": "ʊ", "T": "θ", "D": "ð", "S": "ʃ", "Z": "ʒ", "N": "ŋ", "J": "ɲ", "r\\": "ɹ", "h\\": "ɦ"},
    **{"t`": "ʈ", "d`": "ɖ", "n`": "ɳ", "l`": "ɭ", "r`": "ɽ", "s`": "ʂ", "4": "ɾ", "P": "ʋ", "v\\": "ʋ", "G": "ɣ"},
    **{"J\\": "ɟ", "?": "ʔ", "t_d": "t̪", "d_d": "d̪", "_h": ASPIRATED, "_t": ASPIRATED, "~": NASAL, "_~": NASAL},
    **{":": LONG, '"': "", "%": "", ".": "", "=": "", "-": "", "_": "", " ": " "},
    **{letter: letter for letter in "abcdefhijklmnopqstuvwxz"},
    **{"g": "ɡ", "r": "r"},
}
_ARPABET = dict(
    pair.split("=")
    for pair in """AA=ɑ AE=æ AH=ʌ AO=ɔ AW=aʊ AX=ə AXR=ɚ AY=aɪ B=b CH=tʃ D=d DH=ð DX=ɾ EH=ɛ ER=ɝ EY=eɪ F=f G=ɡ HH=h IH=ɪ
    IX=ɪ IY=i JH=dʒ K=k L=l M=m N=n NG=ŋ OW=oʊ OY=ɔɪ P=p R=ɹ S=s SH=ʃ T=t TH=θ UH=ʊ UW=u V=v W=w Y=j Z=z ZH=ʒ""".split()
)
_X_SAMPA_SIGN = re.compile("|".join(map(re.escape, sorted(_X_SAMPA, key=len, reverse=True))))
ALPHABETS = ("ipa", "x-sampa", "cmu-arpabet")
"""Values of `alphabet`; others are refused."""
_STRESS = {"ipa": re.compile("[ˈˌ]"), "x-sampa": re.compile('["%]'), "cmu-arpabet": re.compile("[12]")}


class UnknownPhoneme(ValueError):
    """A symbol that no phone stands for; `symbol` names it."""

    def __init__(self, symbol: str) -> None:
        self.symbol = symbol
        super().__init__(symbol)

    def reason(self) -> str:
        """Return the reason for an error's message; it names the symbol and its code points."""
        if not self.symbol:
            return "it has no phoneme"
        points = " ".join([f"U+{ord(sign):04X}" for sign in self.symbol[:8]])
        name = (
            f"{self.symbol[:8]} ({points})"
            if self.symbol.isprintable() and not unicodedata.combining(self.symbol[0])
            else points
        )
        return f"the voice cannot say the symbol {name}"


def alphabet_name(written: str) -> str | None:
    """Return one of ALPHABETS for the `alphabet` of an element, in any case; the default is IPA. None: not known."""
    name = written.strip().lower() or "ipa"
    return name if name in ALPHABETS else None


def has_stress(text: str, alphabet: str) -> bool:
    """Return whether `text` marks stress, which is left out."""
    return _STRESS[alphabet].search(text) is not None


def read_phonemes(text: str, alphabet: str = "ipa") -> tuple[str, ...]:
    """Return the phones of `text` in one of ALPHABETS.

    Raises UnknownPhoneme with the symbol that cannot be read, or with "" if there is no phone at all.
    """
    if alphabet == "cmu-arpabet":
        phones = tuple(_read_arpabet(text))
    else:
        phones = tuple(_read_ipa(_ipa_of_x_sampa(text) if alphabet == "x-sampa" else text))
    if not any(phone.strip() for phone in phones):
        raise UnknownPhoneme("")
    return phones


def _ipa_of_x_sampa(text: str) -> str:
    parts: list[str] = []
    at = 0
    while at < len(text):
        found = _X_SAMPA_SIGN.match(text, at)
        if not found:
            raise UnknownPhoneme(text[at])
        parts.append(_X_SAMPA[found[0]])
        at = found.end()
    return "".join(parts)


def _read_ipa(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFD", text).translate(_SAME)
    plain = "".join([sign for sign in plain if sign not in _WITHOUT_SOUND])
    at = 0
    while at < len(plain):
        if plain[at].isspace():
            yield BETWEEN_WORDS
            at += 1
            continue
        phone = next((one for one in _INVENTORY if plain.startswith(one, at)), None)
        if phone is None:
            raise UnknownPhoneme(plain[at])
        at += len(phone)
        phone = _ALSO.get(phone, phone)
        while at < len(plain) and plain[at] in (LONG, ASPIRATED, NASAL):
            phone += plain[at]
            at += 1
        yield phone


def _read_arpabet(text: str) -> Iterator[str]:
    for symbol in text.upper().split():
        name = symbol.rstrip("012")
        if name not in _ARPABET:
            raise UnknownPhoneme(symbol)
        yield {"AH0": "ə", "ER0": "ɚ"}.get(symbol, _ARPABET[name])
