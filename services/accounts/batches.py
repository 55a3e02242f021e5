"""Questions to a far store, sent together where they would wait for a connection."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


class Batches(Generic[Q, A]):
    """Send questions at once while fewer than `at_once` batches are under way, else with the next batch.

    A burst then takes two round trips at most, however few the connections are. `answer` returns the answers of a
    batch, of `most` questions, in their order; an exception among them is raised for its question alone.
    """

    def __init__(
        self, answer: Callable[[Sequence[Q]], Awaitable[Sequence[A | Exception]]], *, at_once: int, most: int
    ) -> None:
        self._answer, self._at_once, self._most = answer, at_once, most
        self._waiting: list[tuple[Q, asyncio.Future[A]]] = []
        self._sending: set[asyncio.Task[None]] = set()

    async def ask(self, question: Q) -> A:
        """Return the answer. Raises what `answer` raises, for every question of its batch."""
        answered: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answered))
        self._send()
        return await answered

    async def close(self) -> None:
        """End the batches under way."""
        for sending in self._sending:
            sending.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    def _send(self) -> None:
        if self._waiting and len(self._sending) < self._at_once:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            sending = asyncio.create_task(self._run(batch), name="batch")
            self._sending.add(sending)
            sending.add_done_callback(self._sent)

    def _sent(self, sending: asyncio.Task[None]) -> None:
        self._sending.discard(sending)
        if not sending.cancelled():
            self._send()

    async def _run(self, batch: Sequence[tuple[Q, "asyncio.Future[A]"]]) -> None:
        answers: Sequence[A | Exception]
        try:
            answers = await self._answer([question for question, _ in batch])
        except Exception as fault:  # noqa: BLE001 - the boundary of a task: each question raises it
            answers = [fault] * len(batch)
        for (_, answered), answer in zip(batch, answers, strict=True):
            if answered.done():
                continue  # its request was cancelled
            if isinstance(answer, Exception):
                answered.set_exception(answer)
            else:
                answered.set_result(answer)
