"""The three ways stages are joined; nothing else in the project may join them. Knows nothing of speech.

What they keep (docs/decisions/0002-stages.md): a stage closes its upstream, so closing the last generator closes the
first; `finish()` runs only after a clean end of input; no task group or timeout stays open across a `yield`.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

T = TypeVar("T")
U = TypeVar("U")
In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)


class Transformer(Protocol[In, Out]):
    """A stage: stateful, synchronous, without I/O."""

    def feed(self, item: In, /) -> Iterable[Out]:
        """Take one item; give what can be given now."""
        ...

    def finish(self) -> Iterable[Out]:
        """Give what is left after a clean end of input."""
        ...


async def through(upstream: AsyncGenerator[T, None], stage: Transformer[T, U]) -> AsyncGenerator[U, None]:
    """Drive `stage` over a stream."""
    async with aclosing(upstream):
        async for item in upstream:
            for out in stage.feed(item):
                yield out
        for out in stage.finish():
            yield out


async def amap(upstream: AsyncGenerator[T, None], call: Callable[[T], Awaitable[U]]) -> AsyncGenerator[U, None]:
    """Await `call` on each item, one at a time, in order."""
    async with aclosing(upstream):
        async for item in upstream:
            yield await call(item)


@dataclass(frozen=True, slots=True)
class _End:
    failure: Exception | None = None


@asynccontextmanager
async def prefetch(upstream: AsyncGenerator[T, None], *, ahead: int) -> AsyncIterator[AsyncGenerator[T, None]]:
    """Run `upstream` in a task of its own, at most `ahead` items in front of the reader.

    When the context exits the task has ended and `upstream` is closed, however it exits.
    """
    queue: asyncio.Queue[T | _End] = asyncio.Queue(ahead)

    async def pump() -> None:
        end = _End()
        try:
            async with aclosing(upstream):
                async for item in upstream:
                    await queue.put(item)
        except Exception as failure:  # noqa: BLE001 - handed to the reader, who raises it in its place in the stream
            end = _End(failure)
        await queue.put(end)

    async def drain() -> AsyncGenerator[T, None]:
        while not isinstance(item := await queue.get(), _End):
            yield item
        if item.failure:
            raise item.failure

    # One task needs no TaskGroup, which would wrap the reader's own errors in an ExceptionGroup.
    task = asyncio.create_task(pump(), name="prefetch")
    try:
        async with aclosing(drain()) as reader:
            yield reader
    finally:
        task.cancel()
        await asyncio.wait({task})
        await upstream.aclose()  # a task cancelled before its first step never entered `aclosing`
