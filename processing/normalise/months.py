"""Rule for short months without a day and a year: 'in Oct vs Sept', 'Oct-Dec quarter', 'Jan/Feb', 'mid-Nov'."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import last_word, next_word
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, alternatives

_NAMES = "January February March April May June July August September October November December".split()
_NUMBER_OF = {name: number for number, name in enumerate(_NAMES, start=1)} | {"Sept": 9}
_NUMBER_OF |= {name[:3]: number for name, number in _NUMBER_OF.items()}
_NUMBER_OF |= {name.upper(): number for name, number in _NUMBER_OF.items() if len(name) < 5}
_SHORT = frozenset(name for name in _NUMBER_OF if len(name) < 5) - {"May", "June", "July"}
_CLEAR = frozenset("Feb Apr Jul Aug Sep Sept Oct Nov Dec".split())
"""Short months that are no names of people, no words and no initialisms."""
_BEFORE = frozenset("in since until till during last next this late early mid".split())
_JOINED = frozenset("mid- end- early- late- pre- post-".split())
_COUNTS = frozenset(map(ENGLISH.cardinal, range(100)))
"""Numbers behind a short month that are no day: 'Dec 5 items'."""
_END = r"(?![\w@'’]|\.\w)"
_RUN = re.compile(
    rf"(?:{alternatives({name[:3] for name in _NUMBER_OF})})(?<![\w@.'’/]...)(?P<rest>[A-Za-z]{{0,6}}){_END}"
    rf"(?P<more>(?:(?: ?[-–/] ?| ?& ?|, | and | or | to | till )(?:{alternatives(_NUMBER_OF)}){_END}){{0,11}})"
)
_JOINT = re.compile(r"( ?[-–/] ?| ?& ?|, | and | or | to | till )")


def _say_run(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the months in their long form. One alone has to be clear, or to stand behind a word such as "in"."""
    months = _JOINT.split(match[0])
    if months[0] not in _NUMBER_OF:
        return None
    if len(months) == 1 and not _is_month(months[0], match):
        return None
    said = {"-": verbalizer.signs["to"], "–": verbalizer.signs["to"], "&": verbalizer.signs["and"], "/": ""}
    words = [_NAMES[_NUMBER_OF[part] - 1] if part in _NUMBER_OF else part for part in months]
    for place, part in enumerate(months):
        if part in _SHORT:
            words[place] = verbalizer.month_name(_NUMBER_OF[part])
        elif part.strip() in said:
            words[place] = f" {said[part.strip()]} ".replace("  ", " ")
    return "".join(words)


def _is_month(written: str, match: re.Match[str]) -> bool:
    before = last_word(match.string, match.start())
    if before.endswith("-"):
        return written in _SHORT and before.lower() in _JOINED
    if written in _CLEAR:
        return next_word(match.string, match.end()) not in _COUNTS
    named = re.match(r" [A-Z]", match.string[match.end() : match.end() + 2]) is not None
    return written in _SHORT and before.lower() in _BEFORE and (not named or written.isupper())


WORDS = (Rule(_RUN, _say_run, "JFMASOND"),)
"""Rule behind those of dates, which read a month beside its day or its year."""
