"""Contexts that are entered at the same time: both are left again, whatever happens to either."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from shared.contexts import Timed, together


class Part:
    """A context that takes `after_s` to enter, or fails then with `fault`; `story` has what happened to it."""

    def __init__(self, name: str, *, after_s: float = 0.0, fault: Exception | None = None) -> None:
        self.name, self.after_s, self.fault, self.story = name, after_s, fault, []

    @asynccontextmanager
    async def open(self):
        self.story.append("began")
        await asyncio.sleep(self.after_s)
        if self.fault:
            raise self.fault
        try:
            yield self.name
        finally:
            self.story.append("left")


async def test_contexts_are_entered_at_the_same_time():
    first, second = Timed(Part("a", after_s=0.1).open()), Timed(Part("b", after_s=0.1).open())
    async with asyncio.timeout(0.19), together(first, second) as both:
        assert both == ("a", "b")
    assert 0.09 < first.took_s < 0.19 and 0.09 < second.took_s < 0.19


@pytest.mark.parametrize("early", [True, False])
async def test_other_context_is_left_where_one_fails(early):
    good, bad = Part("a", after_s=0.02 * early), Part("b", after_s=0.02 * (not early), fault=ValueError("no"))
    for pair in ((good, bad), (bad, good)):
        good.story.clear()
        with pytest.raises(ValueError, match="no"):
            async with together(*(part.open() for part in pair)):
                pytest.fail("entered")
        assert good.story == ["began", "left"]


async def test_both_faults_are_collected_and_one_is_raised():
    with pytest.raises(ValueError, match="first"):
        async with together(Part("a", fault=ValueError("first")).open(), Part("b", fault=ValueError("second")).open()):
            pytest.fail("entered")


async def test_cancellation_leaves_what_was_entered():
    quick, slow = Part("a"), Part("b", after_s=60)

    async def hold():
        async with together(quick.open(), slow.open()):
            pytest.fail("entered")

    task = asyncio.create_task(hold())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert quick.story == ["began", "left"]


async def test_fault_of_the_user_reaches_both_contexts():
    parts = Part("a"), Part("b")
    with pytest.raises(ZeroDivisionError):
        async with together(*(part.open() for part in parts)):
            raise ZeroDivisionError
    assert all(part.story == ["began", "left"] for part in parts)
