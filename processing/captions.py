"""Captions of speech from the times of its words: SubRip (srt) and WebVTT (vtt). Pure.

A caption has at most two lines of LINE characters and at most LONGEST_S seconds. It ends with a sentence, before a
pause, or where the next word has no room; a caption without room ends at its last comma, if that is not far back.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

LINE = 42
"""Most characters of a line: as in the style guides of the BBC (37 to 42) and of Netflix (42)."""
LONGEST_S = 7.0
"""Longest caption, in seconds: as in Netflix's style guide."""
PAUSE_S = 0.5
"""Silence between two words, in seconds, at which a caption ends: the pause of a paragraph (processing/pauses.py)."""
_CLOSING = re.compile(r"[\"'”’»)\].,;:!?%…।॥]*")
_OPENING = re.compile(r"[\"'“‘«(\[¿¡]*\Z")
_ENDS = re.compile(r"[.!?…।॥][\"'”’»)\]]*\Z")
_CLAUSE = re.compile(r"[,;:—–][\"'”’»)\]]*\Z")


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """Word as it was sent, its times in seconds, and its place in the text that was sent, where that is known."""

    word: str
    start_s: float
    end_s: float
    source: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Caption:
    """Lines that are shown together, and their times in seconds."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]


def captions(words: Sequence[SpokenWord], text: str) -> list[Caption]:
    """Return the captions of `words` in order. `text` is the text that was sent, which has their punctuation.

    Words that were not spoken are left out.
    """
    shown: list[SpokenWord] = []
    made: list[Caption] = []
    for word in _pieces(_punctuated([word for word in words if word.end_s > word.start_s], text)):
        if shown and _ends_before(word, shown):
            made.append(_caption(shown))
            shown = []
        while shown and not _has_room([*shown, word]):
            cut = _cut(shown)
            made.append(_caption(shown[:cut]))
            shown = shown[cut:]
        shown.append(word)
    return [*made, _caption(shown)] if shown else made


def srt(captions: Iterable[Caption]) -> str:
    """Return captions as a SubRip file."""
    blocks = (
        f"{number}\n{_time(one.start_s, ',')} --> {_time(one.end_s, ',')}\n" + "\n".join(one.lines).replace("-->", "→")
        for number, one in enumerate(captions, 1)
    )
    return "".join(f"{block}\n\n" for block in blocks)


def vtt(captions: Iterable[Caption]) -> str:
    """Return captions as a WebVTT file."""
    blocks = (
        f"{_time(one.start_s, '.')} --> {_time(one.end_s, '.')}\n" + "\n".join(map(_escaped, one.lines))
        for one in captions
    )
    return "WEBVTT\n\n" + "".join(f"{block}\n\n" for block in blocks)


WRITERS: dict[str, Callable[[Iterable[Caption]], str]] = {"srt": srt, "vtt": vtt}
"""Writer of each format of captions, by the suffix of its files."""


def _punctuated(words: Sequence[SpokenWord], text: str) -> Iterator[SpokenWord]:
    """Yield words with the punctuation that stands beside them in the text."""
    upto = 0
    for number, word in enumerate(words):
        if word.source is None:
            yield word
            continue
        start, end = word.source
        following = words[number + 1].source if number + 1 < len(words) else None
        before = _OPENING.search(text, upto, start)
        after = _CLOSING.match(text, end, following[0] if following else len(text))
        written = f"{before[0] if before else ''}{word.word}{after[0] if after else ''}"
        upto = after.end() if after else end
        yield SpokenWord(written, word.start_s, word.end_s, word.source)


def _pieces(words: Iterable[SpokenWord]) -> Iterator[SpokenWord]:
    """Yield words, and one that is longer than a line in parts."""
    for word in words:
        parts = [word.word[at : at + LINE] for at in range(0, len(word.word), LINE)]
        length_s = (word.end_s - word.start_s) / len(parts)
        for number, part in enumerate(parts):
            yield SpokenWord(part, word.start_s + number * length_s, word.start_s + (number + 1) * length_s)


def _ends_before(word: SpokenWord, shown: Sequence[SpokenWord]) -> bool:
    last = shown[-1]
    paused = word.start_s - last.end_s >= PAUSE_S
    return paused or word.end_s - shown[0].start_s > LONGEST_S or _ENDS.search(last.word) is not None


def _has_room(words: Sequence[SpokenWord]) -> bool:
    return _lines([word.word for word in words]) is not None


def _lines(words: Sequence[str]) -> tuple[str, ...] | None:
    """Return words in one line, or in two of about the same length; None where they have no room."""
    whole = " ".join(words)
    if len(whole) <= LINE:
        return (whole,)
    best: tuple[str, ...] | None = None
    for at in range(1, len(words)):
        lines = " ".join(words[:at]), " ".join(words[at:])
        longest = max(map(len, lines))
        if longest <= LINE and (best is None or longest < max(map(len, best))):
            best = lines
    return best


def _cut(shown: Sequence[SpokenWord]) -> int:
    """Return how many words a full caption keeps: up to its last comma in its second half, or all."""
    for at in range(len(shown) - 1, len(shown) // 2, -1):
        if _CLAUSE.search(shown[at - 1].word):
            return at
    return len(shown)


def _caption(shown: Sequence[SpokenWord]) -> Caption:
    lines = _lines([word.word for word in shown])
    assert lines is not None, "only words that have room are shown"
    return Caption(shown[0].start_s, shown[-1].end_s, lines)


def _time(seconds: float, point: str) -> str:
    milliseconds = round(seconds * 1000)
    whole = milliseconds // 1000
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{milliseconds % 1000:03}"


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
