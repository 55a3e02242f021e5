"""Rule for a short form of Indic languages that are typed in Latin letters."""

import re

from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_TYPED_NO = re.compile(r"(?<=[a-z] )[Nn]o(?= [A-Z]{0,3}\d)")


def _say_typed_no(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'number' of 'Gali no 4' in an Indic language in Latin letters, which has no word "no"."""
    return "number" if verbalizer.code.endswith("-Latn") else None


RULES = (Rule(_TYPED_NO, _say_typed_no, "o"),)
