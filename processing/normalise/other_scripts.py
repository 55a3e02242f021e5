"""Text in scripts of languages without a verbalizer: figures are read digit by digit, in the digits' own names.

The digits' names are those of `indic-numtowords` 1.1 (PyPI), the words for "percent" those of CLDR 47.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_TABLE = """
BENGALI Bengali bn,as শূন্য এক দুই তিন চার পাঁচ ছয় সাত আট নয় দশমিক শতাংশ টাকা
GURMUKHI Punjabi pa ਸਿਫ਼ਰ ਇੱਕ ਦੋ ਤਿੰਨ ਚਾਰ ਪੰਜ ਛੇ ਸੱਤ ਅੱਠ ਨੌਂ ਦਸ਼ਮਲਵ ਪ੍ਰਤੀਸ਼ਤ ਰੁਪਏ
GUJARATI Gujarati gu શૂન્ય એક બે ત્રણ ચાર પાંચ છ સાત આઠ નવ દશાંશ ટકા રૂપિયા
ORIYA Odia or ଶୁନ୍ୟ ଏକ ଦୁଇ ତିନି ଚାରି ପାଞ୍ଚ ଛଅ ସାତ ଆଠ ନଅ ଦଶମିକ ଶତକଡ଼ା ଟଙ୍କା
TAMIL Tamil ta பூஜ்யம் ஒன்று இரண்டு மூன்று நான்கு ஐந்து ஆறு ஏழு எட்டு ஒன்பது புள்ளி சதவீதம் ரூபாய்
KANNADA Kannada kn ಸೊನ್ನೆ ಒಂದು ಎರಡು ಮೂರು ನಾಲ್ಕು ಐದು ಆರು ಏಳು ಎಂಟು ಒಂಬತ್ತು ದಶಮಾಂಶ ಶೇಕಡಾ ರೂಪಾಯಿ
MALAYALAM Malayalam ml പൂജ്യം ഒന്ന് രണ്ട് മൂന്ന് നാല് അഞ്ച് ആറ് ഏഴ് എട്ട് ഒമ്പത് ദശാംശം ശതമാനം രൂപ
ARABIC Urdu ur صفر ایک دو تین چار پانچ چھ سات آٹھ نو اعشاریہ فیصد روپے
"""
"""Script as Unicode names it, language, codes, the digits from 0 to 9, and the words for point, percent and rupees."""

_LATIN = "A-Za-z\u0080-\u036f\u1d00-\u1eff\u2000-\u2bff"
"""Latin letters, phonetic ones, and the blocks of signs and symbols."""
_READ = "\u0900-\u097f\u0c00-\u0c7f"
"""Scripts of the verbalizers; `test_language.py` compares them."""
OTHER_WORD = re.compile(
    rf"(?![α-ωΑ-Ω](?![Ͱ-Ͽἀ-῿]))[^\W\d_{_LATIN}{_READ}\u3005-\u3007][\w\u0980-\u0bff\u0c80-\u0dff\u200c\u200d]*"
)
"""Word in such a script. A Greek letter beside no other one is a symbol."""
OTHER_DIGIT = re.compile(rf"[^\D0-9{_READ}]")
_FIGURE = re.compile(r"(?P<rupees>(?:₹|Rs\.?) ?)?(?P<number>\d+(?:[.,:/-]\d+)*)(?P<percent> ?%)?")
_SEPARATOR = re.compile(r"[.,:/-]")


@dataclass(frozen=True, slots=True)
class OtherScript:
    """Script without a verbalizer: the English name, the BCP 47 codes of its languages, the words of its row in the table.

    A script that the table lacks has only its name in Unicode.
    """

    name: str
    codes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """BCP 47 code of the language that the text is taken for; "und" if it is not known."""
        return self.codes[0] if self.codes else "und"

    def edits(self, section: str) -> Iterator[tuple[int, int, str]]:
        """Yield start and end of each figure, and its digits' names in the script of the letters before it.

        Figures in a script whose digits have no names here stay as they are.
        """
        first = OTHER_WORD.search(section)
        script = script_of(first[0][0]) if first else self
        done = 0
        for figure in _FIGURE.finditer(section):
            between = section[done : figure.start()]
            for word in OTHER_WORD.finditer(between):
                script = script_of(word[0][0])
            digit = OTHER_DIGIT.search(figure["number"])
            words = (script_of(digit[0]) if digit else script)._figure(figure)
            gap = " " * section[figure.end() : figure.end() + 1].isalpha()
            yield figure.start(), figure.end(), words + gap
            done = figure.end()

    def _figure(self, figure: re.Match[str]) -> str:
        if not self.words:
            return figure[0]
        *digits, point, percent, rupees = self.words
        number = figure["number"].replace(",", "")
        decimal = number.count(".") == 1 and not set("/:-") & set(number)
        parts = [" ".join([digits[unicodedata.decimal(digit)] for digit in part]) for part in _SEPARATOR.split(number)]
        words = (f" {point} " if decimal else ", ").join(parts)
        return f"{words} {percent if figure['percent'] else rupees if figure['rupees'] else ''}".rstrip()


def _read_table() -> dict[str, OtherScript]:
    rows = (line.split() for line in _TABLE.strip().splitlines())
    return {script: OtherScript(name, tuple(codes.split(",")), tuple(words)) for script, name, codes, *words in rows}


_SCRIPTS = _read_table()
SCRIPT_OF_LANGUAGE = {code: script for script in _SCRIPTS.values() for code in script.codes}


@lru_cache(1024)
def script_of(character: str) -> OtherScript:
    """Return the script of a letter or digit, by the name of the character in Unicode."""
    name = unicodedata.name(character, "unknown").removeprefix("EXTENDED ")
    script = re.split("[ -]", name)[0]
    return _SCRIPTS.get(script) or OtherScript({"CJK": "Chinese"}.get(script, script.title()))
