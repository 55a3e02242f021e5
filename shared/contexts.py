"""Contexts that are entered concurrently, and the time that entering takes."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")
Context = AbstractAsyncContextManager


@asynccontextmanager
async def together(first: Context[A], second: Context[B]) -> AsyncIterator[tuple[A, B]]:
    """Enter both contexts at the same time; yield both values. Each is entered in a task of its own.

    Where one cannot be entered, its error is raised as soon as the other has been entered and left again, because a
    model that is being loaded cannot be stopped.
    """
    async with AsyncExitStack() as held:
        tasks = (
            asyncio.create_task(held.enter_async_context(first)),
            asyncio.create_task(held.enter_async_context(second)),
        )
        try:
            await asyncio.wait(tasks)
        except asyncio.CancelledError:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            raise
        finally:
            faults = [task.exception() for task in tasks if task.done() and not task.cancelled()]
        if fault := next(filter(None, faults), None):
            raise fault
        yield tasks[0].result(), tasks[1].result()


class Timed(Context[A], Generic[A]):
    """A context that measures how long entering it takes: `took_s`, in seconds, 0 before."""

    def __init__(self, context: Context[A]) -> None:
        self._context, self.took_s = context, 0.0

    async def __aenter__(self) -> A:
        begun = time.perf_counter()
        entered = await self._context.__aenter__()
        self.took_s = time.perf_counter() - begun
        return entered

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        return await self._context.__aexit__(kind, error, traceback)
