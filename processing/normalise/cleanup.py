"""What is never spoken: control characters, emoji, decoration, doubled marks; knows no language."""

import re
import unicodedata

_FANCY = re.compile(
    r"[\U0001d400-\U0001d7ff\uff01-\uff5e\u2460-\u2473\u2070\u2074-\u2079\u2080-\u2089\u2100-\u2149\ufb00-\ufb06]"
)
_KEYCAP = re.compile(r"([0-9#*])\ufe0f?\u20e3")
_UNSPOKEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffd"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]+"
)
_EMOJI = re.compile(
    "(?:[\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001faff\u2022\u2023\u2043\u25cf\u00a9\u00ae\u2122]\u200d?)+"
)
_STRAY_JOINER = re.compile(
    r"(?<![\u0900-\u0dff\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]{2,}(?![\u0900-\u0dff])|(?<=[\u200c\u200d])[\u200c\u200d]+"
)
_SPACES = {
    **dict.fromkeys(
        map(
            ord,
            "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\v\f",
        ),
        " ",
    )
}
_PLAIN = str.maketrans(
    {"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2212": "-", "\u02bc": "'", "\u2032": "'", "\u2033": '"', "＄": "$"}
)
_GAP = re.compile(r" {2,}")
_LINES = re.compile(r" ?(?:\r\n|[\n\r\x85\u2028\u2029])[\s]*")
_REPEATED = re.compile(r"([!?,;:।॥'\"-])\1+")
_MANY_MARKS = re.compile(r"[!?]{3,}")
_MANY_STOPS = re.compile(r"\.{2,}|…\.*")
_BEFORE_MARK = re.compile(r" +([,.;:!?।॥])(?=\s|$)")
_MARKED = re.compile(r"[*_|\\^`{}<>~=\[\]/°%$€£₹…]| [ ,.;:!?।॥]|[-–—*.!?,;:।॥'\"][-–—*.!?,;:।॥'\" ]")
_DECORATION = re.compile(r"[*_|\\^`{}<>~=/°€£$₹%]+")
_BULLET = re.compile(r"^[-–—*•] +")


def plain_characters(text: str) -> str:
    """`text` composed (NFC), its look-alike and decorative characters made ordinary, the invisible ones gone."""
    if text.isascii():
        plain = _UNSPOKEN.sub("", text)
    else:
        composed = unicodedata.normalize("NFC", text)
        composed = _KEYCAP.sub(r"\1", _FANCY.sub(lambda match: unicodedata.normalize("NFKC", match[0]), composed))
        plain = _UNSPOKEN.sub("", _EMOJI.sub(" ", composed)).translate(_SPACES).translate(_PLAIN)
        plain = _STRAY_JOINER.sub("", plain)
    return _GAP.sub(" ", _LINES.sub("\n", plain.replace("\t", " ").replace("\v", " ").replace("\f", " "))).strip()


_DIGIT = re.compile(r"(?![0-9])\d")


def plain_digits(text: str) -> str:
    """The decimal digits of every script as ASCII digits, character for character."""
    if text.isascii():
        return text
    return _DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), text)


def tidy(sentence: str) -> str:
    """`sentence` after its signs were spoken, without those that were not, and with single marks."""
    if _MARKED.search(sentence) is None:
        return sentence
    text = _DECORATION.sub(" ", _BULLET.sub("", sentence)).replace("[", "(").replace("]", ")")
    text = _MANY_STOPS.sub("...", _REPEATED.sub(r"\1", _MANY_MARKS.sub(_shortest, text)))
    return _GAP.sub(" ", _BEFORE_MARK.sub(r"\1", text))


def _shortest(match: re.Match[str]) -> str:
    """'?!?!!' -> '?!'."""
    return "".join(mark for mark in "?!" if mark in match[0])
