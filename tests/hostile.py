"""Texts on which inefficient algorithms become slow, and measures of the cost of work."""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median
from types import FrameType

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


REFERENCE_S = 0.00043
"""CPU time of the reference on the CPU that limits of work on text are stated for: AMD EPYC, family 26, Python 3.11."""
_REFERENCE = "The train leaves at 9 from platform 2, and Mr. Rao pays the fare of the whole family with a smile. " * 200


def stated_cpu_s(work: Callable[[], object], *, times: int = 3) -> float:
    """Return the CPU seconds of `work` on that CPU, by `times` runs here.

    A virtual machine may be three times slower for minutes. So the least of each ten runs is compared with runs of the
    reference behind them, and the median of all such ratios counts.
    """
    ratios = [cpu_s(work, times=min(left, 10)) / cpu_s(_search, times=10) for left in range(times, 0, -10)]
    return median(ratios) * REFERENCE_S


def _search() -> None:
    re.findall(r"(?<![\w.])(?:[0-9]{1,3}|fare|of|the|with)(?!\w)", _REFERENCE)


def cpu_s(work: Callable[[], object], *, times: int = 3) -> float:
    """Return the CPU seconds of this thread for `work`: the least of `times` runs."""
    took: list[float] = []
    for _ in range(times):
        started = time.thread_time()
        work()
        took.append(time.thread_time() - started)
    return min(took)


def traced_memory(code: str) -> tuple[int, int]:
    """Return the bytes that `code` allocates and still holds, and the most that it holds at once.

    `code` defines a function `work`. It runs in a process of its own, where no other thread allocates.
    A collection empties the interpreter's lists of free tuples and frames first; they are not held by `work`.
    """
    measure = (
        "import gc, tracemalloc; tracemalloc.start(); work(); gc.collect(); print(*tracemalloc.get_traced_memory())"
    )
    done = subprocess.run([sys.executable, "-c", f"{code}\n{measure}"], capture_output=True, text=True, check=True)
    held, peak = done.stdout.split()
    return int(held), int(peak)
