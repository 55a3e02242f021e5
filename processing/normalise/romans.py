"""Rules for Roman numerals: 'Chapter IV', 'Classes IX-XII', 'Henry VIII', 'pp. xii-xv'."""

import re

from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, forms_of_all

_ROMAN = re.compile(
    r"(?P<word>[A-Za-z\u0900-\u0963\u0966-\u0d7f]{2,24})[ -](?P<roman>[IVXLC]{1,7})(?:(?P<joint>[-–]|(?: to | and | & )(?!I(?![VX])))(?P<second>[IVXL]{1,7}))?(?![A-Za-z\d'’/]|[-–](?![A-F](?![A-Za-z]))|\.[A-Za-z])"
)
_SMALL = re.compile(
    r"(?<![A-Za-z])(?P<noun>[Pp]ages? |[Pp]p?\. ?|(?:[Cc]hapter|[Pp]art|[Ss]ection|[Cc]lause|[Ii]tem|[Ff]ootnote|[Nn]ote|[Ss]tep) (?=[ivxlc]{2}|i(?!\w)))"
    r"(?P<roman>[ivxlc]{1,7})(?:[-–](?P<second>[ivxlc]{1,7}))?(?![\w'’]|\.\w)"
)
_EITHER = re.compile(
    r"(?<![A-Za-z])(?P<word>Sem|Semesters?|Class(?:es)?|Papers?|Units?|Types?|Grades?|Std|Levels?|Parts?)(?:\. ?|[ -])"
    r"(?P<first>[IVX]{1,5})/(?P<second>[IVX]{1,5})(?![A-Za-z\d/])"
)
_ALONE = re.compile(
    r"(?<![\w'’./&-])(?<![A-Z] )(?P<roman>VIII|VII|III|II|XIII|XII|XIV|XV|XVI{1,3}|XIX|IX)(?![\w'’/-]|\.\w| [A-Z]{2}| \d{3})"
)
_COUNTED = re.compile(
    r"(?<=[Tt]he )(?P<roman>[IVX]{1,5}) (?=(?:Addl|[Aa]dditional|Metropolitan|Class|Semester|Sem|Year|Standard|[Cc]entury|[Ee]dition|Phase|Round|Chapter|Schedule|Battalion|Corps|Floor)(?![a-z]))"
)
_OF_CLASS = re.compile(
    r"(?<![\w.&/-])(?P<roman>[IVX]{1,5}) ?(?:వ )?(?=తరగతి|సెమిస్టర్|సెమిస్టరు|అంతస్తు|సంవత్సరం|వార్డు|శతాబ్దం|బెటాలియన్)"
)
_FLIGHT_AHEAD = re.compile(r" \d{3,4}(?!\d)")
_ROMAN_FORM = re.compile(r"(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
AHEAD = re.compile(rf"(?=[IVXL])(?:{_ROMAN_FORM.pattern})(?![A-Za-z])")
_NUMBERED_NOUNS = frozenset(forms_of_all(lambda written: written.numbered_nouns))
_ROYAL_NAMES = frozenset(forms_of_all(lambda written: written.royal_names))
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def _say_roman(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    word, roman = match["word"], match["roman"]
    if not _ROMAN_FORM.fullmatch(roman) or _FLIGHT_AHEAD.match(match.string, match.end()):
        return None
    number = _roman_value(roman)
    if match["second"]:
        return _say_two_romans(match, verbalizer)
    if word.lower() in _NUMBERED_NOUNS:
        return f"{word} {verbalizer.cardinal(number)}"
    if word in _ROYAL_NAMES:
        return f"{word} {verbalizer.regnal(number)}"
    named = word[0].isupper() or not word[0].isascii()
    sized = roman == "XL" or (match.string[match.end("word")] == "-" and roman in ("CC", "MM", "LL", "XX", "XC", "LX"))
    return (
        f"{word} {verbalizer.cardinal(number)}"
        if named and len(roman) > 1 and not word.isupper() and not sized
        else None
    )


def _say_two_romans(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of 'Classes IX-XII', 'Std. VI to X' and 'Chapters II and V'; "and I" is no numeral."""
    first, second = match["roman"], match["second"]
    dashed = match["joint"] in "-–"
    if not _ROMAN_FORM.fullmatch(second) or (dashed and _roman_value(first) >= _roman_value(second)):
        return None
    joint = f" {verbalizer.signs['to']} " if dashed else match["joint"]
    said = [verbalizer.cardinal(_roman_value(roman)) for roman in (first, second)]
    return f"{match['word']} {said[0]}{joint}{said[1]}"


def _roman_value(roman: str) -> int:
    values = [_VALUES[letter] for letter in roman]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))


def _say_either(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return both numbers of 'Sem-III/V'."""
    written = (match["first"], match["second"])
    if not all(map(_ROMAN_FORM.fullmatch, written)):
        return None
    return f"{match['word']} {', '.join([verbalizer.cardinal(_roman_value(roman)) for roman in written])}"


def _say_small(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of 'pages xii-xv' and 'part ii'."""
    written = [match[name].upper() for name in ("roman", "second") if match[name]]
    if not all(map(_ROMAN_FORM.fullmatch, written)):
        return None
    noun = match["noun"].rstrip()
    noun = {"pp.": "pages", "p.": "page"}.get(noun.lower(), noun)
    joint = f" {verbalizer.signs['to']} "
    return f"{noun} {joint.join([verbalizer.cardinal(_roman_value(roman)) for roman in written])}"


def _say_alone(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the number of 'in XII'; numerals that are also initialisms stay."""
    return verbalizer.cardinal(_roman_value(match["roman"]))


def _say_counted(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the ordinal of 'the IV Addl. Judge' and 'the XIX century'."""
    roman = match["roman"]
    return f"{verbalizer.ordinal(_roman_value(roman))} " if _ROMAN_FORM.fullmatch(roman) else None


def _say_of_class(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the ordinal of 'IV తరగతి'."""
    roman = match["roman"]
    return f"{verbalizer.ordinal(_roman_value(roman))} " if _ROMAN_FORM.fullmatch(roman) else None


RULES = (
    Rule(_OF_CLASS, _say_of_class, "IVX"),
    Rule(_COUNTED, _say_counted, "IVX"),
    Rule(_EITHER, _say_either, "/"),
    Rule(_ROMAN, _say_roman, "IVX"),
    Rule(_SMALL, _say_small, "ivx"),
    Rule(_ALONE, _say_alone, "IVX"),
)
"""Rules before those of figures."""
