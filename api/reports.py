"""Report of the markup in an answer: the times of marks, and the elements that were applied and ignored."""

from typing import TypedDict
from urllib.parse import quote

from core.request_state import RequestState
from shared.passages import Ignored, MarkupReport

MAX_HEADER = 1_000
"""Longest header value about markup, in characters. A report has at most 20 entries; JSON answers hold all of it."""


class MarkAt(TypedDict):
    """Time of a mark, in seconds of the answer's sound."""

    name: str
    at_s: float
    exact: bool


def mark_times(request: RequestState) -> list[MarkAt]:
    """Return the marks whose time is known, in the order of the text.

    A mark where a chunk's sound begins or ends has that time. The time of one inside a chunk is estimated from its
    place in the spoken text.
    """
    times: list[MarkAt] = []
    script, sounds = request.script, request.timeline.sounds
    for mark in script.marks if script else ():
        if mark.chunk >= len(sounds):
            break
        start, end = sounds[mark.chunk]
        if mark.at > 0 and end is None:
            break
        sample = start + mark.at * ((end or start) - start)
        at_s = round(sample / request.samples_per_s, 6)
        times.append({"name": mark.name, "at_s": at_s, "exact": mark.at in (0.0, 1.0)})
    return times


def markup_info(report: MarkupReport) -> dict[str, object]:
    """Return a report in the form of JSON answers and events."""
    ignored = [
        {"what": one.what, "reason": one.reason, "line": one.line, "column": one.column, "times": one.times}
        for one in report.ignored
    ]
    return {"applied": dict(report.applied), "ignored": ignored}


def markup_headers(report: MarkupReport | None) -> dict[str, str]:
    """Return the headers about a text's markup; none for a text without."""
    if report is None:
        return {}
    applied = ", ".join([f"{quote(element)}={times}" for element, times in report.applied.items()])
    headers = {"X-Markup-Applied": applied or "none"}
    if report.ignored:
        headers["X-Markup-Ignored"] = "; ".join(map(_line, report.ignored))[:MAX_HEADER]
    return headers


def _line(one: Ignored) -> str:
    return quote(f"{one.what} (line {one.line}): {one.reason}", safe=" :,.()-[]<>'")
