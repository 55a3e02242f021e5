"""Clean-up of text that is not spoken: control characters, emoji, decoration, repeated marks.

Guarantee: time is linear in the text. `unicodedata.normalize` sorts a run of combining marks by insertion, so it gets
parts of a bounded length.
"""

import re
import unicodedata
from collections.abc import Callable

from shared.source_map import SourceMap, replace_spans, substitute
from shared.steps import Steps, finish

_ODD = re.compile("[^ -~\n\u0900-\u0d7f‘’“”–—…₹€£°½¼¾²³×÷¢]")
"""Character that calls for the rest of the clean-up."""
_FANCY = re.compile(
    "[\U0001d400-\U0001d7ff\uff01-\uff5e\u2460-\u2473\u2080-\u2089\u2100-\u2115\u2117-\u2121\u2123-\u2149\ufb00-\ufb06]"
)
"""Letters and digits in another style: bold, full width, circled, subscript."""
_INDEX = re.compile("(?<=\\b[a-z])[\u2080-\u2089]")
"""Index of a variable: 'v₀'."""
_POWERS = re.compile("⁻[⁰¹²³⁴-⁹]{1,3}|(?<=10)[⁰¹²³⁴-⁹]{2,3}|[⁰²³⁴-⁹]?[⁺⁻]|[⁰⁴-⁹]")
_PART = re.compile(
    r"(?s:.{1,1000}\Z|.{1,1000}(?=\s)|.{1,1000}(?=[ -~]|(?![\u1160-\u11ff])\w)|.{1,1000})",
)
"""Part that ends at white space, else at a character that composes with none before it (\u1160-\u11ff: the later jamo of
Hangul). 1,000 combining marks in the worst order are composed in 1 ms, 50,000 in 2 s (measured)."""
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
_KEYCAP = re.compile("([0-9#*])\ufe0f?\u20e3")
_UNSPOKEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffd\ud800-\uf8ff\U000e0000-\U0010ffff]+"
)
"""Controls, invisible format characters, variation selectors, private use, surrogates."""
_MOVES = "▲▼△▽↑↓⬆⬇🔺🔻"
"""Signs before a number that rises or falls."""
_MOVED = f"[{_MOVES}]"
_EMOJI = re.compile(
    f"(?:(?![{_MOVES}]\ufe0f? ?[-+₹$]?\\d|△ ?[A-Z]{{3}}(?![A-Za-z]))(?:(?<!\\d)(?<!\\d )[\u2605\u2b50]\ufe0f?|[\u2190\u2191\u2193-\u21d1\u21d3-\u21ff\u2300-\u23ff\u25a0-\u2604\u2606-\u27bf\u2900-\u297f\u2b00-\u2b4f\u2b51-\u2bff\u3030\u303d\u3297\u3299\u2022\u2023\u2043"
    "\u00a9\u00ae\u2122\U0001f000-\U0001faff])\u200d?)+"
)
_STAR_ROW = re.compile("(?<![\\d★⭐☆])(?P<stars>[★⭐]{1,5})(?:(?P<half>½)|☆{1,4})(?![★⭐☆])")
"""Stars of a rating, of which the last is a half or others are empty."""
_KEYS = {
    "⌘": "command",
    "⌥": "option",
    "⇧": "shift",
    "⌃": "control",
    "↵": "enter",
    "⌫": "backspace",
    "⎋": "escape",
    "⇥": "tab",
}
_KEY = re.compile(rf"(?P<key>[{''.join(_KEYS)}])(?P<joint> ?[+-] ?|)")
"""Sign of a key, and what joins it to the next: '⌘C', '⌃+⌥+T'."""
_STRAY_JOINER = re.compile("(?<![\u0900-\u0dff])[\u200c\u200d]+|(?<=[\u0900-\u0dff][\u200c\u200d])[\u200c\u200d]+")
_ORDINARY_SIGNS = {
    **dict.fromkeys((0x00A0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " "),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2212), "-"),
    **dict.fromkeys((0x02BC, 0x2032), "'"),
    0x2033: '"',
    0x2116: "No.",
}
_SIGN = re.compile(
    "["
    + "".join(map(chr, _ORDINARY_SIGNS.keys() - {0x2212}))
    + r"]|(?<![\w)²³] )\u2212(?![A-Za-z(√])|\u2212(?![A-Za-z(√]| [\w(√])"
)
"""Sign with an ordinary one in its place. A minus between two spaces or before a letter is no dash, and stays."""
_ABBREVIATION = re.compile("॰|డా\\|\\|")
_BRACKET = re.compile(r"[\[\]]")
_TOKEN = re.compile(r"\S+|\s+")
_GAP = re.compile(r" {2,}|[\t\v\f]+ *")
_LINES = re.compile(r" ?(?:\r\n|[\n\r\x85\u2028\u2029])[\s]*")
_REPEATED = re.compile(r"([!?,;:।॥'\"-])\1+")
_MANY_MARKS = re.compile(r"[!?]{3,}")
_MANY_STOPS = re.compile(r"\.{2,}|…\.*")
_BEFORE_MARK = re.compile(r"(?<! ) +(?:([,.;:!?।॥])(?=\s|$)|(\)))")
_MARKED = re.compile(
    _MOVED + r"|[#*_|\\^`{}<>~=\[\]/°%$€£₹…★⭐→⇒]|\( | [ ,.;:!?।॥)]|[-–—*.!?,;:।॥'\"][-–—*.!?,;:।॥'\" ]"
)
_DECORATION = re.compile(rf"(?:[#*_|\\^`{{}}<>~=/°€£$₹%★⭐→⇒]|{_MOVED})+")
_AFTER_OPENING = re.compile(r"(?<=\() +")
_BULLET = re.compile(r"^[-–—*•] +")


def plain_characters(text: str) -> str:
    """Return `text` composed (NFC), with ordinary characters for styled ones and without invisible ones.

    A run of more than 1,000 combining marks, which no language has, is composed in parts.
    """
    return finish(plain_steps(text))


def plain_steps(text: str, sources: SourceMap | None = None) -> Steps[str]:
    """Do the work of `plain_characters` in steps of at most 1,000 characters.

    `sources`, if given, are those of the text, and become those of the plain one.
    """
    parts: list[str] = []
    made = None if sources is None else SourceMap()
    for part in _PART.finditer(text):
        of_part = None if made is None else SourceMap.verbatim(len(part[0]), part.start())
        parts.append(_plain(part[0], of_part))
        if made and of_part:
            made.extend(of_part.runs)
        yield
    if sources and made:
        sources.compose(made)
    plain = substitute(_GAP, " ", substitute(_LINES, "\n", "".join(parts), sources), sources)
    start = len(plain) - len(plain.lstrip())
    end = max(len(plain.rstrip()), start)
    return replace_spans(plain, [(0, start, ""), (end, len(plain), "")], sources)


def _plain(part: str, sources: SourceMap | None) -> str:
    plain = substitute(_ABBREVIATION, _spelt, _composed(part, sources), sources)
    if _ODD.search(plain) is None:
        return plain
    plain = substitute(_INDEX, _indexed, plain, sources)
    plain = substitute(_POWERS, _raised, substitute(_FANCY, _compatible, plain, sources), sources)
    plain = substitute(_KEY, _named_key, plain, sources)
    plain = substitute(_STAR_ROW, _counted_stars, plain, sources)
    plain = substitute(_EMOJI, " ", substitute(_KEYCAP, r"\1", plain, sources), sources)
    plain = substitute(_SIGN, _ordinary, substitute(_UNSPOKEN, "", plain, sources), sources)
    return _composed(substitute(_STRAY_JOINER, "", plain, sources), sources)


def _composed(text: str, sources: SourceMap | None) -> str:
    """Return `text` in NFC. Its sources are found by words, which are composed alone, or else as one."""
    composed = unicodedata.normalize("NFC", text)
    if sources is None or composed == text:
        return composed
    edits = [
        (word.start(), word.end(), made)
        for word in _TOKEN.finditer(text)
        if (made := unicodedata.normalize("NFC", word[0])) != word[0]
    ]
    if replace_spans(text, edits, None) != composed:
        edits = [(0, len(text), composed)]
    return replace_spans(text, edits, sources)


def _spelt(match: re.Match[str]) -> str:
    return f"{match[0].removesuffix('||')}." if len(match[0]) > 1 else "."


def _ordinary(match: re.Match[str]) -> str:
    return _ORDINARY_SIGNS[ord(match[0])]


def _named_key(match: re.Match[str]) -> str:
    plus = " + " if match["joint"] else " "
    return f" {_KEYS[match['key']]}{plus}"


def _counted_stars(match: re.Match[str]) -> str:
    """Return '3.5★' of '★★★½', for the rule of ratings."""
    return f"{len(match['stars'])}{'.5' if match['half'] else ''}★"


def _compatible(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0])


def _indexed(match: re.Match[str]) -> str:
    return f" {_compatible(match)}"


def _raised(match: re.Match[str]) -> str:
    return f"^{_compatible(match)}"


def plain_digits(text: str) -> str:
    """Return `text` with the decimal digits of every script as ASCII digits, character for character."""
    if text.isascii():
        return text
    return _FOREIGN_DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), text)


def tidy(sentence: str, sources: SourceMap | None = None) -> str:
    """Return `sentence`, whose signs are words by now, without the signs that are left and with single marks."""
    if _MARKED.search(sentence) is None:
        return sentence
    for pattern, said in _TIDY:
        sentence = substitute(pattern, said, sentence, sources, "tidy")
    return sentence


def _shortest(match: re.Match[str]) -> str:
    """Return each of the marks once: '?!?!!' -> '?!'."""
    return "".join(mark for mark in "?!" if mark in match[0])


def _round(match: re.Match[str]) -> str:
    return "(" if match[0] == "[" else ")"


_TIDY: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_BULLET, ""),
    (_DECORATION, " "),
    (_BRACKET, _round),
    (_MANY_MARKS, _shortest),
    (_REPEATED, r"\1"),
    (_MANY_STOPS, "..."),
    (_BEFORE_MARK, r"\1\2"),
    (_AFTER_OPENING, ""),
    (_GAP, " "),
)
"""Steps of the tidying, in order."""
