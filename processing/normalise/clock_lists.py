"""Rule for lists of times of day with dots, of which only the last has the word for "o'clock": '5.30, 7.15 గంటలకు'."""

import re

from processing.normalise.languages import VERBALIZERS
from processing.normalise.languages.english import ENGLISH
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, alternatives

_TIME = r"\d{1,2}(?:[.:][0-5]\d)?"
_JOINT = r"(?:, ?| ?[-–] ?| (?:और|या|व|आणि|మరియు|లేదా|aur|ya|से|నుంచి|నుండి) )"
_CLOCK = alternatives(
    form for known in VERBALIZERS if known.code != ENGLISH.code for form in known.written.clock if len(form) > 2
)
_LISTED = re.compile(
    rf"(?<![\w.,:/])(?P<hour>\d{{1,2}})\.(?P<minute>[0-5]\d)(?={_JOINT}(?:{_TIME}{_JOINT}){{0,5}}{_TIME} ?(?:{_CLOCK}))"
)


def _say_listed(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '5.30' as '5:30', for the rule of times."""
    return f"{match['hour']}:{match['minute']}" if int(match["hour"]) <= 24 else None


RULES = (Rule(_LISTED, _say_listed, "."),)
