"""Report of the markup in an answer: the times of marks, and the elements that were applied and ignored."""

from bisect import bisect_right
from typing import TypedDict
from urllib.parse import quote

from core.request_state import RequestState
from processing.script import Script, ScriptMark
from shared.passages import Ignored, MarkupReport

MAX_HEADER = 1_000
"""Longest header value about markup, in characters. A report has at most 20 entries; JSON answers hold all of it."""


class MarkAt(TypedDict):
    """Time of a mark, in seconds of the answer's sound."""

    name: str
    at_s: float
    exact: bool


def mark_times(request: RequestState, first: int = 0) -> list[MarkAt]:
    """Return the marks from the `first` on whose time is known, in the order of the text.

    A mark where a chunk's sound begins or ends has that time. One inside a chunk has that of the word behind it where
    the request asks for times of words, and is told with that word; else its time is estimated from its place in the
    spoken text.
    """
    times: list[MarkAt] = []
    script, sounds = request.script, request.timeline.sounds
    if script is None:
        return times
    told = request.words.told if request.words else None
    for mark in script.marks[first:]:
        if mark.chunk >= len(sounds):
            break
        exact = mark.at in (0.0, 1.0)
        place = None if exact or told is None else _word_behind(script, mark)
        if told is None or place is None:
            at_s = _place_s(request, mark)
        else:
            number = bisect_right(told, place, key=lambda word: word.spoken[1])
            at_s = told[number].start_s if number < len(told) else None
        if at_s is None:
            break
        times.append({"name": mark.name, "at_s": round(at_s, 6), "exact": exact})
    return times


def _place_s(request: RequestState, mark: ScriptMark) -> float | None:
    """Return the time of a mark by its place in its chunk; None until that has ended, unless it is the beginning."""
    start, end = request.timeline.sounds[mark.chunk]
    if mark.at > 0 and end is None:
        return None
    return (start + mark.at * ((end or start) - start)) / request.samples_per_s


def _word_behind(script: Script, mark: ScriptMark) -> int | None:
    """Return the place of the word behind a mark in the joined text of the chunks; None if its chunk has none there."""
    chunk = script.chunks[mark.chunk]
    number = bisect_right(chunk.words, round(mark.at * len(chunk.text)), key=lambda word: word.end)
    if number == len(chunk.words):
        return None
    return sum([len(each.text) for each in script.chunks[: mark.chunk]]) + chunk.words[number].start


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
