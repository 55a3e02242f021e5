"""Join stages: `through`, `amap` and `prefetch`, the only three ways. Also run work on a thread or in slices.

Knows nothing of speech. All three guarantee (docs/decisions/0002-stages.md): a stage closes its upstream, so closing
the last generator closes the first; `finish()` runs only after a clean end of input; no task group or timeout stays
open across a `yield`.
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
    """Stage of a stream: stateful, synchronous, without I/O."""

    def feed(self, item: In, /) -> Iterable[Out]:
        """Take one item; return the items that are ready."""
        ...

    def finish(self) -> Iterable[Out]:
        """Return the remaining items. Called once, after a clean end of input."""
        ...


async def through(
    upstream: AsyncGenerator[T, None], stage: Transformer[T, U], *, on_thread: bool = False
) -> AsyncGenerator[U, None]:
    """Apply `stage` to a stream. `on_thread`: run each step on a thread, for stages whose steps take milliseconds."""
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
    """Run `call` on a thread of `executor`, by default the event loop's.

    When the caller is cancelled, wait until the call has ended before raising, so that its data can be freed safely.
    """
    running = asyncio.get_running_loop().run_in_executor(executor, call)
    try:
        return await asyncio.shield(running)
    finally:
        while not running.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({running})


async def run_in_slices(steps: Steps[T]) -> T:
    """Return the result of `steps`. The event loop runs between two steps."""
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
    """Run `upstream` in a task of its own, at most `ahead` items ahead of the reader.

    When the context exits, for whatever reason, the task has ended and `upstream` is closed.
    """
    queue: asyncio.Queue[T | _End] = asyncio.Queue(ahead)

    async def pump() -> None:
        end = _End()
        try:
            async with aclosing(upstream):
                async for item in upstream:
                    await queue.put(item)
        except Exception as failure:  # noqa: BLE001 - the reader raises it at its place in the stream
            end = _End(failure)
        await queue.put(end)

    async def drain() -> AsyncGenerator[T, None]:
        while not isinstance(item := await queue.get(), _End):
            yield item
        if item.failure:
            raise item.failure

    # Not a TaskGroup: that would wrap the reader's own errors in an ExceptionGroup.
    task = asyncio.create_task(pump(), name="prefetch")
    try:
        async with aclosing(drain()) as reader:
            yield reader
    finally:
        task.cancel()
        await asyncio.wait({task})
        await upstream.aclose()  # needed if the task was cancelled before it entered `aclosing`
