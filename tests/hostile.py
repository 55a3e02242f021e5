"""Texts on which inefficient algorithms become slow, and two measures of the cost of work."""

import sys
import time
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import NamedTuple

UNITS = {
    "exclamations": "! ",
    "brackets": "(",
    "square brackets": "[",
    "cut-off tags": "[a",
    "tags": "[a] ",
    "tags of two words": "[a b] ",
    "tags on lines": "[a]\n",
    "sentences": "a. ",
    "sentences of capitals": "A. B. ",
    "sentences without space": "a.B ",
    "stops": ". ",
    "stops in a run": ".",
    "interrobangs": "?!",
    "closers": ".)",
    "quotes": "\"'",
    "quoted words": "“a” ",
    "dandas": "।",
    "verses": "॥ 1 ",
    "pipes": "क|",
    "lines": "\n",
    "spaces": " ",
    "words": "a ",
    "one word": "a",
    "list numbers": "1.",
    "figures": "1 ",
    "initials": "ఎ. ",
    "abbreviations": "e.g. ",
    "addresses": "www.a ",
    "address beginnings": "http://",
    "emoji": "😀",
    "flags": "🇮🇳",
    "combining marks": "a\u0301",
    "joiners": "\u200d",
    "underscores": "_ ",
    "Japanese": "これは。",
    "Hindi": "वह आया। ",
    "Telugu": "అతను వచ్చాడు. ",
}


def text_of(unit: str, size: int) -> str:
    return (unit * size)[:size]


def calls(work: Callable[[], object]) -> int:
    """Return the number of calls of Python and C functions in `work`. It is deterministic."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def cpu_s(work: Callable[[], object], *, times: int = 3) -> float:
    """Return the CPU seconds of this thread for `work`: the least of `times` runs."""
    took: list[float] = []
    for _ in range(times):
        started = time.thread_time()
        work()
        took.append(time.thread_time() - started)
    return min(took)


class Memory(NamedTuple):
    """Bytes that Python allocated in some work and still holds, and the most that it held at once."""

    held: int
    peak: int


def least_memory(work: Callable[[], object], *, times: int = 5) -> Memory:
    """Return the least memory of several runs: other threads of this process allocate now and then, too."""
    runs = []
    for _ in range(times):
        tracemalloc.start()
        try:
            work()
            runs.append(Memory(*tracemalloc.get_traced_memory()))
        finally:
            tracemalloc.stop()
    return Memory(min(run.held for run in runs), min(run.peak for run in runs))
