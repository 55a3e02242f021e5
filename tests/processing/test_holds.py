"""Work on text holds the interpreter's lock for 20 ms at most, and takes 1 s of CPU time for 50,000 characters.

That second is one of the CPU that `stated_cpu_s` compares with.
"""

import sys
import time
from collections.abc import Callable

import pytest

from processing.chunks import chunk
from processing.normalise.languages.english import ENGLISH
from processing.normalise.limit import spoken_limit
from tests.hostile import stated_cpu_s
from tests.processing.test_growth import KNOWN, RULES, line
from tests.processing.units import Hostile, of_pattern

HOLD_S = 0.02


def check_whole(hostile: Hostile) -> None:
    text = hostile.text(50_000)
    assert stated_cpu_s(lambda: line(text), times=1) < 1 or stated_cpu_s(lambda: line(text)) < 1
    check_holds(lambda: line(text))


def long_holds(work: Callable[[], object]) -> set[int]:
    """Return the calls and returns in `work`, of Python or of C, that come more than HOLD_S of CPU time after the last.

    The interpreter can switch threads at each of them, but not within the search of a pattern.
    """
    found: set[int] = set()
    count = 0
    last = time.thread_time()

    def note(*event: object) -> None:
        nonlocal count, last
        now = time.thread_time()
        count += 1
        if now - last > HOLD_S:
            found.add(count)
        last = now

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return found


def check_holds(work: Callable[[], object]) -> None:
    """Fail on a hold that is long in every run: a suspended virtual machine adds to the CPU time of a single run."""
    slow = long_holds(work)
    for _ in range(4):
        slow = slow and slow & long_holds(work)
    assert not slow


@pytest.mark.parametrize("unit", ["~ ", "[a]\n", "\u0301\u0315", "0", "1-", "7" + "z" * 75 + " "])
def test_line_takes_1_s_for_50_000_characters_and_holds_the_lock_20_ms(unit: str) -> None:
    check_whole(Hostile(unit))


@pytest.mark.slow
@pytest.mark.parametrize("hostile", KNOWN, ids=lambda hostile: ascii(hostile.unit[:12]))
def test_line_takes_1_s_for_50_000_characters_of_known_hard_texts(hostile: Hostile) -> None:
    check_whole(hostile)


@pytest.mark.parametrize("unit", ["zero ", ",1", "a", "कि "])
def test_chunker_holds_the_lock_20_ms_for_the_longest_spoken_form(unit: str) -> None:
    text = Hostile(unit).text(spoken_limit(50_000))
    check_holds(lambda: chunk(text))


@pytest.mark.parametrize("place", range(len(RULES)))
def test_rule_holds_the_lock_20_ms_for_a_section(place: int) -> None:
    rule = RULES[place]
    for hostile in of_pattern(rule.pattern.pattern, rule.pattern.flags, 6, seed=place):
        text = hostile.text(2_000)
        check_holds(lambda: rule.apply(text, ENGLISH))  # noqa: B023
