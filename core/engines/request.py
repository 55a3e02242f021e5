"""Hand-over of one request's tokens from an engine's thread to the event loop."""

import asyncio
from contextlib import suppress

from core.scheduling.policy import IMMEDIATE
from shared.types import Finish, Prompt, TokenDelta


class EngineRequest:
    """One prompt and its tokens so far. The engine's thread calls `deliver`; all else runs on the event loop.

    `max_tokens` is the budget. `due` is the time at which the player runs out of sound, as of the newest reading.
    """

    def __init__(self, prompt: Prompt, max_tokens: int) -> None:
        self.prompt = prompt
        self.max_tokens = max_tokens
        self.abandoned = False
        self.due = self._deadline()
        self._loop = asyncio.get_running_loop()
        self._delivered = asyncio.Event()
        self._tokens: list[int] = []
        self._finish: Finish | None = None
        self._failure: Exception | None = None

    def _deadline(self) -> float:
        return self.prompt.deadline() if self.prompt.deadline else IMMEDIATE

    def deliver(self, token: int | None, finish: Finish | None = None, failure: Exception | None = None) -> None:
        """Send a token, or the end, to the event loop. Called on the engine's thread."""
        with suppress(RuntimeError):  # the loop is closed: there is no reader
            self._loop.call_soon_threadsafe(self._receive, token, finish, failure)

    def _receive(self, token: int | None, finish: Finish | None, failure: Exception | None) -> None:
        if token is not None:
            self._tokens.append(token)
        self._finish, self._failure = finish, failure
        self._delivered.set()

    async def next(self) -> TokenDelta:
        """Return all tokens since the last call: at least one, or the end. Raise the request's failure."""
        await self._delivered.wait()
        self._delivered.clear()
        self.due = self._deadline()
        tokens, self._tokens = tuple(self._tokens), []
        if self._failure is not None:
            raise self._failure
        return TokenDelta(tokens, self._finish)
