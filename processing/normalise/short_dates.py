"""Rule for a day and a month with a stroke before a postposition that dates take: '31/10 को', '15/8 నాటికి'."""

import re

from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_SHORT_DATE = re.compile(
    r"(?<![\w.,/:-])(?P<day>\d{1,2})/(?P<month>\d{1,2})"
    r"(?=(?: (?:को|तक|तारीख|तारीख़|रोजी|ko|tak|tareekh|tarikh)|న(?= )|నాటికి|కల్లా| తేదీ| నాటికి| వరకు)(?![\w\u0900-\u0963]))"
)
_PARTS = frozenset({(1, 2), (1, 3), (2, 3), (1, 4), (3, 4)})


def _say_short_date(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    day, month = int(match["day"]), int(match["month"])
    if verbalizer.reading.date_order == "mdy" and day <= 12:
        day, month = month, day
    if (day, month) in _PARTS or not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    return verbalizer.date(day, month, None)


RULES = (Rule(_SHORT_DATE, _say_short_date, "/"),)
