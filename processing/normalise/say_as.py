"""Words of a `say-as` span: its figures in the language of the sentence around it.

A span whose text does not have the form of its kind is read as text of the sentence, as without `say-as`.
"""

import re
import unicodedata
from collections.abc import Callable

from processing.normalise.cleanup import plain_characters, plain_digits
from processing.normalise.other_scripts import OtherScript
from processing.normalise.verbalizer import Amount, Verbalizer
from shared.passages import SayAs

KINDS = {
    **{"cardinal": "cardinal", "number": "cardinal", "ordinal": "ordinal", "digits": "digits"},
    **dict.fromkeys(("characters", "spell-out", "verbatim"), "characters"),
    **dict.fromkeys(("telephone", "phone"), "telephone"),
    **{"date": "date", "year": "year", "time": "time", "duration": "duration"},
    **dict.fromkeys(("currency", "money"), "currency"),
    **{"fraction": "fraction"},
    **dict.fromkeys(("unit", "measure"), "unit"),
}
"""Names of the kinds in `interpret-as`, W3C's and vendors', with the kind that each stands for."""

Read = Callable[[str], str]

_NUMBER = re.compile(r"(?P<minus>[-\u2212])?\+?(?P<whole>\d{1,3}(?:,\d{2,3})+|\d{1,15})(?:\.(?P<decimals>\d{1,12}))?")
_ORDINAL = re.compile(r"(?P<number>\d{1,3}(?:,\d{2,3})+|\d{1,9})(?P<ending>\D{0,8})")
_FRACTION = re.compile(r"(?:(?P<whole>\d{1,9})\s?[+ ]\s?)?(?P<over>\d{1,9})\s?/\s?(?P<under>\d{1,9})")
_TIME = re.compile(r"(?P<hour>\d{1,2})[.:h]?(?P<minute>[0-5]\d)(?P<rest>(?:[.:][0-5]\d)?\s?(?:[AaPp]\.?[Mm]\.?)?)")
_PARTS = {"h": "hr", "m": "min", "s": "sec"}
_FORMATS = {"mdy", "dmy", "ymd", "md", "dm", "ym", "my", "d", "m", "y", "ydm"}
_WIDTH = {"d": 2, "m": 2, "y": 4}


def say(written: str, say_as: SayAs, reader: Verbalizer | OtherScript, read: Read) -> str:
    """Return the words of a span. `read` reads text as a part of a sentence.

    A script without a verbalizer reads every figure digit by digit, whatever the kind.
    """
    if isinstance(reader, OtherScript):
        plain = plain_characters(written)
        return " ".join(map(read, _clusters(plain))) if say_as.kind == "characters" else read(plain)
    text, verbalizer = plain_digits(plain_characters(written)), reader
    words = _SAY[say_as.kind](text, say_as.format, verbalizer, read)
    return read(text) if words is None else words


def _cardinal(text: str, _format: str, verbalizer: Verbalizer, _read: Read) -> str | None:
    found = _NUMBER.fullmatch(text)
    if not found:
        return None
    words = verbalizer.amount(Amount(int(found["whole"].replace(",", "")), found["decimals"] or ""))
    return f"{verbalizer.signs['minus']} {words}" if found["minus"] else words


def _ordinal(text: str, _format: str, verbalizer: Verbalizer, _read: Read) -> str | None:
    found = _ORDINAL.fullmatch(text)
    return verbalizer.ordinal(int(found["number"].replace(",", ""))) if found else None


def _digits(text: str, _format: str, verbalizer: Verbalizer, _read: Read) -> str | None:
    return verbalizer.digits(text) or None


def _characters(text: str, _format: str, verbalizer: Verbalizer, read: Read) -> str | None:
    """Return the names of the characters, one at a time; groups that spaces divide are divided by commas."""
    groups = [" ".join([_character(sign, verbalizer, read) for sign in _clusters(group)]) for group in text.split()]
    return ", ".join([" ".join(group.split()) for group in groups if group.strip()]) or None


def _clusters(text: str) -> list[str]:
    """Return the characters of `text`, each with the combining marks behind it."""
    clusters: list[str] = []
    for sign in text:
        if clusters and (unicodedata.category(sign).startswith("M") or sign == "\u200d"):
            clusters[-1] += sign
        else:
            clusters.append(sign)
    return clusters


def _character(sign: str, verbalizer: Verbalizer, read: Read) -> str:
    if sign in "0123456789":
        return verbalizer.digits(sign)
    return sign.upper() if sign[0].isalpha() else SIGNS.get(sign, "")


SIGNS = {
    **{"@": "at", ".": "dot", "-": "dash", "_": "underscore", "/": "slash", "#": "hash", "*": "star", "+": "plus"},
    **{"&": "and", ":": "colon", "%": "percent", "=": "equals", "?": "question mark", "!": "exclamation mark"},
}
"""Names of signs that are spelt. They are English in every language, as addresses and codes are read there."""


def _telephone(text: str, _format: str, verbalizer: Verbalizer, _read: Read) -> str | None:
    groups = [verbalizer.digits(group) for group in re.findall(r"\d+", text)]
    plus = f"{verbalizer.signs['plus']} " if text.lstrip("( ").startswith("+") else ""
    return f"{plus}{', '.join(groups)}" if groups else None


def _date(text: str, format: str, verbalizer: Verbalizer, read: Read) -> str | None:
    """Return a date whose parts stand in the order of `format`: W3C's "mdy" or Google's "yyyymmdd"."""
    order = re.sub(r"(.)\1+", r"\1", re.sub("[^dmy]", "", format))
    if order not in _FORMATS:
        return None
    figures = re.findall(r"\d+", text)
    if len(figures) == 1 and len(order) > 1:
        figures = _divided(figures[0], order)
    if len(figures) != len(order):
        return None
    parts = dict(zip(order, map(int, figures), strict=True))
    day, month, year = parts.get("d"), parts.get("m"), parts.get("y")
    if year is not None and len(figures[order.index("y")]) == 2:
        year += 2000 if year < 40 else 1900
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return None
    if day is not None and month is not None:
        return verbalizer.date(day, month, year)
    words = [
        verbalizer.day_of_month(day) if day is not None else "",
        verbalizer.month_name(month) if month is not None else "",
        verbalizer.year(year) if year is not None else "",
    ]
    return " ".join(filter(None, words))


def _divided(figure: str, order: str) -> list[str]:
    """Return the parts of a date that is written without signs, such as 20260205."""
    parts, at = [], 0
    for part in order:
        parts.append(figure[at : at + _WIDTH[part]])
        at += _WIDTH[part]
    return parts if at == len(figure) else []


def _year(text: str, _format: str, verbalizer: Verbalizer, _read: Read) -> str | None:
    return verbalizer.year(int(text)) if text.isdecimal() and len(text) <= 4 else None


def _time(text: str, _format: str, _verbalizer: Verbalizer, read: Read) -> str | None:
    found = _TIME.fullmatch(text)
    return read(f"{found['hour']}:{found['minute']}{found['rest'].replace('.', ':', 1)}") if found else None


def _duration(text: str, format: str, _verbalizer: Verbalizer, read: Read) -> str | None:
    order, figures = re.sub("[^hms]", "", format), re.findall(r"\d{1,6}", text)
    if not order or len(order) != len(figures):
        return None
    return read(" ".join([f"{figure} {_PARTS[part]}" for part, figure in zip(order, figures, strict=True)]))


def _fraction(text: str, _format: str, verbalizer: Verbalizer, _read: Read) -> str | None:
    found = _FRACTION.fullmatch(text)
    if not found or not int(found["under"]):
        return None
    return verbalizer.fraction(int(found["whole"] or 0), int(found["over"]), int(found["under"]))


def _as_text(_text: str, _format: str, _verbalizer: Verbalizer, _read: Read) -> None:
    """Leave the span to the rules of text, which know units and currencies."""


_SAY: dict[str, Callable[[str, str, Verbalizer, Read], str | None]] = {
    **{"cardinal": _cardinal, "ordinal": _ordinal, "digits": _digits, "characters": _characters},
    **{"telephone": _telephone, "date": _date, "year": _year, "time": _time, "duration": _duration},
    **{"currency": _as_text, "fraction": _fraction, "unit": _as_text},
}
