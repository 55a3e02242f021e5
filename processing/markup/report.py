"""Errors in markup with their place, and the report of what markup did."""

from collections import Counter
from dataclasses import dataclass, replace

from shared.errors import ValidationFailed
from shared.passages import Ignored, MarkupReport

MAX_IGNORED = 20
"""Different entries of a report. Chosen: a client needs the kinds, not each place."""
MAX_SHOWN = 40
"""Characters of a client's name or value that an error or a report repeats."""


@dataclass(frozen=True, slots=True)
class Place:
    """Place in the markup as it was sent, in lines and characters, both from 1."""

    line: int = 1
    column: int = 1


def markup_error(reason: str, place: Place) -> ValidationFailed:
    """Return the error of wrong markup at a place."""
    return ValidationFailed(
        f"markup: {reason} (line {place.line}, column {place.column})",
        details={"field": "text", "line": place.line, "column": place.column},
    )


def shown(name: str) -> str:
    """Return a client's name as errors and reports repeat it: short, in printable ASCII characters."""
    plain = "".join([sign if " " <= sign <= "~" else "?" for sign in name[: MAX_SHOWN + 1]])
    return plain if len(plain) <= MAX_SHOWN else f"{plain[:MAX_SHOWN]}..."


class ReportBuilder:
    """Report that grows while markup is read."""

    def __init__(self) -> None:
        self._applied: Counter[str] = Counter()
        self._ignored: dict[tuple[str, str], Ignored] = {}

    def apply(self, element: str) -> None:
        """Count an element that has its effect."""
        self._applied[element] += 1

    def ignore(self, what: str, reason: str, place: Place) -> None:
        """Count markup without effect. Entries above MAX_IGNORED are left out."""
        known = self._ignored.get((what, reason))
        if known:
            self._ignored[what, reason] = replace(known, times=known.times + 1)
        elif len(self._ignored) < MAX_IGNORED:
            self._ignored[what, reason] = Ignored(shown(what), reason, place.line, place.column)

    def report(self) -> MarkupReport:
        """Return the report so far."""
        return MarkupReport(dict(self._applied), tuple(self._ignored.values()))
