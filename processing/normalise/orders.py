"""Rule for the counts of an order: '2x Paneer Roll, 1x Coke'."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_COUNT = re.compile(r"(?<![\w.,/x×-])(?P<count>[1-9]\d?) ?[x×] ?(?=[A-Z][a-z]|[a-z]{3}|[A-Z]{2,6}(?![a-z\d]))")
_NO_THING = re.compile(
    r"(?:zoom|optical|digital|speed|growth|return|leverage|boost|faster|slower|more|less|better|higher|lower|bigger|cheaper|smaller|larger"
    r"|the|as|revenue|engineer|multiplier|upside|daily|weekly|a (?:day|week|month)|its|their|his|her|our|your|my|that|this|what|last|normal|usual|average|original|previous|earnings|sales|book|oversubscribed|subscribed|per|every|with|for|in|on|at|of|to|and|days?|weeks?|months?|quarters?|years?|[yq]o[yq])(?![a-z])",
    re.IGNORECASE,
)
"""Words behind '2x' that it multiplies, or that follow a dose."""
_ORDERED = re.compile(
    r"(?i:orders?|ordered|get|got|bring|buy|bought|add|added|cart|deliver(?:y|ed)?|items?|menu|qty|pack|packed|invoice|parcel|takeaway|send|want"
    r"|need|have|has|having|with|table|kitchen|bill|includes?|contains?|box|checkout|ports?|slots?|cables?|drives?|sticks?|adapters?|chargers?|lanes?|outputs?|inputs?)(?![a-z])|₹|Rs|[$€£]|@|\d ?[x×] ?[A-Za-z]"
)
_NEAR = 60
"""Characters on either side in which a word or another count shows an order."""


def _say_count(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    if verbalizer.code != ENGLISH.code or _NO_THING.match(match.string, match.end()):
        return None
    start, end = match.span()
    before, ahead = match.string[max(0, start - _NEAR) : start], match.string[end : end + _NEAR]
    return f"{match['count']} " if _ORDERED.search(before) or _ORDERED.search(ahead) else None


RULES = (Rule(_COUNT, _say_count, "x×"),)
"""Rules before those of times and sizes."""
