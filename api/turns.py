"""An event loop whose turns are short: what strangers send is read a little at a time, between the steps of streams.

asyncio reads every connection that has data before it goes on with anything else, and a step of a stream waits for that
whole turn; a piece of sound takes several turns.
"""

import asyncio
import select
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

EVENTS_PER_TURN = 12
"""Connections that are read or written in one turn of the event loop. The kernel gives each its turn, in order.

While strangers opened sockets, one turn of 1,000 took 73 ms or more without a limit, 50 ms with 4. With 4, an answer of
`/live` waited for up to 160 ms while 40 requests of one key were in work: its connection was read after ten turns of
5 ms. With 12 it waits for 60 ms at most, and no flood of `tests.attack` makes it later (all measured)."""

T = TypeVar("T")


class _FewAtOnce:
    """epoll, as `selectors` uses it; a poll returns at most EVENTS_PER_TURN events."""

    def __init__(self, epoll: "select.epoll") -> None:
        self._epoll = epoll

    def __getattr__(self, name: str) -> Any:
        return getattr(self._epoll, name)

    def poll(self, timeout: float, maxevents: int) -> list[tuple[int, int]]:
        return self._epoll.poll(timeout, min(maxevents, EVENTS_PER_TURN))


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Return a loop with short turns on Linux, elsewhere Python's own."""
    if not hasattr(select, "epoll"):
        return asyncio.new_event_loop()
    selector = selectors.EpollSelector()
    selector._selector = _FewAtOnce(selector._selector)  # type: ignore[attr-defined] # it has no public name
    return asyncio.SelectorEventLoop(selector)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` as `asyncio.run` does, in a loop with short turns."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(main)
