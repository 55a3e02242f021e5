"""The three ways stages are joined; nothing else in the project may join them. And how long work lets others run.

Knows nothing of speech.

What they keep (docs/decisions/0002-stages.md): a stage closes its upstream, so closing the last generator closes the
first; `finish()` runs only after a clean end of input; no task group or timeout stays open across a `yield`.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import aclosing, asynccontextmanager, closing, suppress
from dataclasses import dataclass
from typing import Protocol, TypeVar

from shared.steps import Steps

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


async def through(
    upstream: AsyncGenerator[T, None], stage: Transformer[T, U], *, on_thread: bool = False
) -> AsyncGenerator[U, None]:
    """Drive `stage` over a stream; `on_thread` where a step takes milliseconds, for which others are not to wait."""
    step = _step_on_thread if on_thread else _step
    async with aclosing(upstream):
        async for item in upstream:
            outs = iter(stage.feed(item))
            while not isinstance(out := await step(outs), _End):
                yield out
        outs = iter(stage.finish())
        while not isinstance(out := await step(outs), _End):
            yield out


async def _step(outs: Iterator[U]) -> "U | _End":
    return next(outs, _End())


async def _step_on_thread(outs: Iterator[U]) -> "U | _End":
    return await on_thread(lambda: next(outs, _End()))


async def on_thread(call: Callable[[], T], executor: Executor | None = None) -> T:
    """Call on a thread of `executor`, or of the loop's own.

    Even a caller who is cancelled waits until the call has ended: what it works on may be freed only then.
    """
    running = asyncio.get_running_loop().run_in_executor(executor, call)
    try:
        return await asyncio.shield(running)
    finally:
        while not running.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({running})


async def in_turns(steps: Steps[T]) -> T:
    """Return the result of `steps`; the event loop runs between two of them."""
    with closing(steps):
        while True:
            try:
                next(steps)
            except StopIteration as end:
                result: T = end.value
                return result
            await asyncio.sleep(0)


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
