"""Rules for digits that are names: telephone numbers, postal codes, versions, model names."""

import re
from string import ascii_letters

from processing.normalise.capitals import spell
from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import last_word, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import LONG, Rule, alternatives, forms_of_all, read_amount

_LONG = re.compile(r"\d{16,}")
_GROUP = r"(?:\d{5}(?!\d(?!\d))|\d{4}(?=\d\d(?!\d))|\d{2,4}(?!\d)|\d(?=[ -]\d{2}))"
"""Two to five digits, such that no single digit of a longer run is left; or one before a space, an area."""
_WITH_COUNTRY = re.compile(rf"(?<![\w+])\+\d{{1,3}}(?: ?\(0\))?(?:[ -]?(?:\({_GROUP}\)|{_GROUP})){{1,5}}(?!\d)")
_TELEPHONE = re.compile(
    r"""(?<![\w.,+/-])(?:
        \(?0\d{2,4}\)?[ -]\d{6,8} | \(?0\d{2,4}\)?[ -]\d{3,4}[ -]\d{3,4}   # a landline with its area code
      | \(\d{3}\)[ ]?\d{3}[ -]\d{4}
      | (?:1[89]00|1860)[ -]?\d{2,4}[ -]?\d{3,4}(?:[ -]\d{3,4})? | 1800[ -]\d{4}   # toll-free
      | [6-9]\d{4}[ -]\d{5} | [6-9]\d{9} | [6-9]\d{2}[ -]\d{3}[ -]\d{4} | [6-9]\d{3}[ -]\d{3}[ -]\d{3}
      | 0\d{9,11}
      | \d{4}[ -]\d{4}[ -]\d{4}(?:[ -]\d{4})?                              # Aadhaar and card numbers
      | \d{3}[ -]\d{3}[ -]\d{4}
    )(?:(?P<ending>"""
    + alternatives(forms_of_all(lambda written: written.number_endings))
    + r""")(?![\u0900-\u0963\u0966-\u0d7f]))?(?![\d%-]|[.,]\d)""",
    re.VERBOSE,
)
_ABROAD = re.compile(r"(?<![\w.,+/-])(?!\d\d-\d\d-\d{4} )0\d{1,3}(?:[ -]\d{2,8}){2,5}(?![\d%-]|[.,]\d)")
"""Number with the prefix of calls abroad: '011-91-40-6666 1234'."""
_NAMES = forms_of_all(lambda written: written.code_names)
_NAMED = re.compile(
    rf"(?P<name>(?<![A-Za-z])(?:{alternatives(filter(str.isascii, _NAMES))})"
    rf"|{alternatives(name for name in _NAMES if not name.isascii())})"
    rf"(?P<between>(?: (?:{alternatives(forms_of_all(lambda written: written.code_links))})){{0,2}} ?[:=-]? ?)"
    r"(?P<code>\d{3,12}(?: \d{3}(?!\d))?)(?!\d|[.,]\d)"
)
_POSTAL = re.compile(
    r"(?:(?:(?<=[\u0900-\u0963\u0966-\u0d7f])|(?<=[\u0900-\u0963\u0966-\u0d7f]\))) ?[-–] ?|(?<=[A-Za-z]{3})(?: ?[-–] ?| (?=[^,]{6}\W*$)))(?P<code>[1-9]\d{5})(?!\d|[.,]\d|[-–])"
)
_VERSION = re.compile(
    r"(?<![\w.])(?:[vV](?:er)?\.?|(?P<word>[Vv]ersion)) ?(?P<parts>\d{1,5}(?:\.\d{1,5}){1,4})(?P<stage>-?[a-z]{1,5}\.?\d{0,3})?(?!\w)(?P<later>\+(?![\w+]))?"
    r"|(?<![\w.])v(?P<single>\d{1,3})(?![\w.]\w)(?P<on>\+(?![\w+]))?"
)
_DOTTED = re.compile(r"(?<![\w.,])\d{1,5}(?:\.\d{1,5}){2,5}(?!\d)")
_MODEL = re.compile(
    r"(?<![\w.,'’])(?=[A-Za-z-]{0,24}\d)(?:[A-Za-z]{1,24}-?\d{1,8}+|\d{1,8}-?[A-Za-z]{1,24}+)(?:-?[A-Za-z\d]{1,12}+){0,4}(?![\w])"
)
_MODEL_ENDING = re.compile(
    r"(?<![\w.,'’-])(?P<code>[A-Z]{1,3}\d{1,3}|\d{1,2}[A-Z]{1,2})(?P<ending>లు|లకు|లను|లలో|లో|లోని|కి|కు|కే|ను|ని|పై|గా|తో)(?![\u0c00-\u0c63])"
)
"""Letters and a figure with a case ending of Telugu: 'A2లు'."""
_OF_LAW = re.compile(r"\d{3}[A-Z]{1,2}")
_LAW = re.compile(
    r"IPC|CrPC|BNS|(?i:sections?|articles?)(?![a-z])|(?<![A-Za-z])HC(?![A-Za-z])|FIR|धारा|अनुच्छेद|कलम|दफा|कोर्ट|न्यायालय|अदालत|जमानत|गुन्हा|मुकदम|సెక్షన్|ఆర్టికల్"
)
"""Words beside '120B' that make it a section: a number in Indic languages, digits in English."""
_SEATS = re.compile(r"(?<![\w-])(?P<row>[A-Z]{1,2})(?P<first>\d{1,3})[-–](?P<same>(?P=row))(?P<last>\d{1,3})(?![\w-])")
_SPINE = re.compile(
    r"(?i:dis[ck]|spin(?:e|al)|lumbar|lesion|MRI|vertebra|herniat|bulg|cervical|nerve|stenosis|scan|X-?ray)"
)
"""Words beside two vertebrae, 'L4-L5', which are no range."""
_MODEL_POINT = re.compile(r"(?<![\w.,'’-])([A-Za-z]{1,12})-?(\d{1,3}\.\d{1,2})(?![\w.]*\w)")
_COUNTED = re.compile(r"\d{1,8}(?:-[a-z]{2,}){1,4}")
_LATIN = re.compile("[A-Za-z]")
_PART = re.compile(r"[A-Za-z]+|\d+")
_HYPHEN = re.compile(
    r"(?<=[A-Za-z\u0900-\u0963\u0966-\u0d7f])[-–](?=\d)|(?<=\d)[-–](?=[A-Za-z\u0900-\u0963\u0966-\u0d7f])"
)


_TOLL_FREE = re.compile(r"18\d0-\d{2,4}-\d{3,4}")


def _say_digits(match: re.Match[str], verbalizer: Verbalizer) -> str:
    gap = " " * match.string[match.start() - 1 : match.start()].isalpha()
    groups = match[0].split("-") if _TOLL_FREE.fullmatch(match[0]) else [match[0]]
    words = gap + ", ".join([verbalizer.digits(group) for group in groups])
    ending = match.groupdict().get("ending")
    return verbalizer.with_number_ending(words, match[0], ending) if ending else words


def _say_with_country(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    if not 8 <= sum(map(str.isdigit, match[0])) <= 15:
        return None
    return f"{verbalizer.signs['plus']} {verbalizer.digits(match[0])}"


def _say_abroad(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    return verbalizer.digits(match[0]) if 10 <= sum(map(str.isdigit, match[0])) <= 17 else None


def _say_named(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"{match['name']}{match['between'].replace('=', ' ')}{verbalizer.digits(match['code'])}"


def _say_postal(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    written = match[0][: -len(match["code"])]
    if not written.strip() and match.string.find(",", 0, match.start()) < 0:
        return None
    return f"{', ' if written.strip() else ' '}{verbalizer.digits(match['code'])}"


def _say_version(match: re.Match[str], verbalizer: Verbalizer) -> str:
    parts = (match["parts"] or match["single"]).split(".")
    if match["word"]:
        verbalizer = ENGLISH
    figures = f" {verbalizer.signs['point']} ".join([verbalizer.cardinal(int(part)) for part in parts])
    stage = _PART.findall(match["stage"] or "")
    said = [spell(part, beside_digit=True) if part.isalpha() else verbalizer.cardinal(int(part)) for part in stage]
    over = [verbalizer.signs["plus"]] if match["later"] or match["on"] else []
    return " ".join([match["word"] or verbalizer.signs["version"], figures, *said, *over])


def _say_dotted(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words of a version of three parts, or the digits of a network address of four."""
    parts = match[0].split(".")
    if len(parts) == 4:
        return " dot ".join([ENGLISH.digits(part) for part in parts])
    if _LATIN.search(last_word(match.string, match.start())):
        verbalizer = ENGLISH
    return f" {verbalizer.signs['point']} ".join([verbalizer.cardinal(int(part)) for part in parts])


def _say_seats(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'F11 to F13' of 'F11-F13', for the rule of models."""
    if int(match["first"]) >= int(match["last"]):
        return None
    if int(match["last"]) - int(match["first"]) == 1 and match["row"] in "CTL":
        spine = seen_near(_SPINE, match, 60)
        if spine:
            return f"{match['row']}{match['first']} {match['row']}{match['last']}"
    return f"{match['row']}{match['first']} {verbalizer.signs['to']} {match['row']}{match['last']}"


def _say_model(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words of 'A4', '5G', 'COVID-19' or 'FY2024'; a figure joined to up to three letters is read in English."""
    parts = _PART.findall(match[0])
    letters = max((len(part) for part in parts if part.isalpha()), default=0)
    reader = verbalizer if letters > 3 and "-" in match[0] else ENGLISH
    if _COUNTED.fullmatch(match[0]) or (
        verbalizer.block and _OF_LAW.fullmatch(match[0]) and seen_near(_LAW, match, 40)
    ):
        return f"{verbalizer.cardinal(int(parts[0]))} {' '.join(parts[1:])}"
    said = [spell(part, beside_digit=True) if part.isalpha() else _figure(part, reader) for part in parts]
    if parts[-1] == "s" and len(parts) > 2 and parts[0].isupper():
        return " ".join([*said[:-2], ENGLISH.plural(said[-2])])  # more than one: 'KN95s'
    if len(parts[-1]) == 2 and parts[-1][0].isupper() and parts[-1][1] == "s":
        said[-1] = f"{parts[-1][0]}'s"  # more than one: 'T20Is'
    return " ".join(said)


def _say_model_ending(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'A two లు' of 'A2లు'."""
    said = [
        spell(part, beside_digit=True) if part.isalpha() else _figure(part, ENGLISH)
        for part in _PART.findall(match["code"])
    ]
    return f"{' '.join(said)} {match['ending']}"


def _say_model_point(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words of 'PM2.5' or 'GPT-4.5'."""
    return f"{spell(match[1], beside_digit=True)} {ENGLISH.amount(read_amount(match[2]))}"


def _figure(digits: str, verbalizer: Verbalizer) -> str:
    if len(digits) == 4 and digits.startswith(("19", "20")):
        return verbalizer.year(int(digits))
    return verbalizer.cardinal(int(digits)) if len(digits) <= 2 and digits[0] != "0" else verbalizer.digits(digits)


def _say_space(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return " "


NAMED = (
    Rule(_LONG, _say_digits, LONG),
    Rule(_VERSION, _say_version, "vVnr"),
    Rule(_WITH_COUNTRY, _say_with_country, "+"),
    Rule(_ABROAD, _say_abroad, " -", needs="0"),
    Rule(_TELEPHONE, _say_digits, LONG),
    Rule(_NAMED, _say_named, LONG),
    Rule(_POSTAL, _say_postal, LONG),
)
"""Rules before those of dates and amounts, which look alike."""

MODELS = (
    Rule(_SEATS, _say_seats, "-–"),
    Rule(_DOTTED, _say_dotted, "."),
    Rule(_MODEL_ENDING, _say_model_ending, "లకతనపగ"),
    Rule(_MODEL_POINT, _say_model_point, "."),
    Rule(_MODEL, _say_model, ascii_letters),
    Rule(_HYPHEN, _say_space, "-–"),
)
"""Rules after those of units and ordinals, which are digits and letters too."""
