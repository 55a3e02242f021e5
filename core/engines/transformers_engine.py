"""The token engine for machines without vLLM: one request after the other on a thread of its own.

Tokens cross to the event loop one by one as they are made; a reader that is slow finds several in one delta.

An error while a request is prepared or generated fails that request alone: the decoder starts anew for each anyway.
Then the first prompt that ever succeeded is tried again. The engine ends when that trial fails, on an accelerator's
fault (a CUDA context serves nothing after it) and on what is no `Exception`. A full GPU ends nothing: it may have room
for others, and later. Failures are not counted: one client could end the engine by repeating a request that fails.
"""

import asyncio
import math
import threading
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from time import perf_counter
from typing import Protocol

import torch
from torch import Tensor

from core.engine import check_prompt
from core.engines.sampler import Sampler
from shared.errors import GenerationError, GpuOutOfMemory, Overloaded, RuntimeDead, ServiceError
from shared.logging import get_logger
from shared.types import Finish, Prompt, TokenDelta

_FIRST_GUESS_S = 2.0  # of how long a request takes, before one has been seen
_SMOOTHING = 0.2
_MEMORY_RETRY_S = 1

log = get_logger(__name__)


class Decoder(Protocol):
    """The model, as `qwen2` has it."""

    rows: int
    max_len: int
    device: torch.device

    def restart(self) -> None: ...
    def advance(self, ids: Tensor) -> Tensor: ...


class _Request:
    """One stream. The worker calls `give`; everything else happens on the event loop it was made on."""

    def __init__(self, prompt: Prompt, max_tokens: int) -> None:
        self.prompt = prompt
        self.max_tokens = max_tokens
        self.abandoned = False
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._tokens: list[int] = []
        self._finish: Finish | None = None
        self._failure: Exception | None = None

    def give(self, token: int | None, finish: Finish | None = None, failure: Exception | None = None) -> None:
        with suppress(RuntimeError):  # the loop was closed: nobody reads any more
            self._loop.call_soon_threadsafe(self._take, token, finish, failure)

    def _take(self, token: int | None, finish: Finish | None, failure: Exception | None) -> None:
        if token is not None:
            self._tokens.append(token)
        self._finish, self._failure = finish, failure
        self._news.set()

    async def next(self) -> TokenDelta:
        """What has come since the last call, at least one token or the end."""
        await self._news.wait()
        self._news.clear()
        tokens, self._tokens = tuple(self._tokens), []
        if self._failure is not None:
            raise self._failure
        return TokenDelta(tokens, self._finish)


class _Closed(Exception):
    """Leaves a request in the middle because the engine is to end."""


class TransformersEngine:
    """Runs `decoder` on a thread until closed. `max_waiting` requests may queue behind the one that runs."""

    name = "transformers"

    def __init__(self, decoder: Decoder, *, max_waiting: int) -> None:
        self._decoder = decoder
        self._max_waiting = max_waiting
        self._waiting: deque[_Request] = deque()
        self._running: _Request | None = None
        self._changed = threading.Condition()  # guards the two above and the two below
        self._closing = False
        self._failure: str | None = None
        self._proven: Prompt | None = None  # the first that succeeded; the thread's own
        self._typical_s = _FIRST_GUESS_S
        self._thread = threading.Thread(target=self._work, name="token-engine", daemon=True)
        self._thread.start()

    @property
    def unfinished(self) -> int:
        with self._changed:
            return len(self._waiting) + (self._running is not None)

    def check_health(self) -> None:
        if self._failure is not None:
            raise RuntimeDead(self._failure)

    async def stream(self, prompt: Prompt) -> AsyncGenerator[TokenDelta, None]:
        room = check_prompt(prompt, rows=self._decoder.rows, max_len=self._decoder.max_len)
        request = _Request(prompt, room)
        self._submit(request)
        try:
            finish = None
            while finish is None:
                delta = await request.next()
                finish = delta.finish
                yield delta
        finally:
            self._abandon(request)

    async def sleep(self) -> None:
        """It holds its weights and no more, and remembers no prefix."""

    async def wake(self) -> None:
        """Nothing was given back."""

    async def close(self) -> None:
        """End the thread; streams that still run raise RuntimeDead."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        await asyncio.to_thread(self._thread.join)

    def _submit(self, request: _Request) -> None:
        with self._changed:
            self.check_health()
            if self._closing:
                raise RuntimeDead("the engine is closed")
            if len(self._waiting) + (self._running is not None) > self._max_waiting:
                wait_s = math.ceil(self._typical_s * (len(self._waiting) + 1))
                raise Overloaded("the engine's queue is full", retry_after_s=wait_s)
            self._waiting.append(request)
            self._changed.notify()

    def _abandon(self, request: _Request) -> None:
        """Take it out of the queue, or let the worker see within a token that nobody reads."""
        with self._changed:
            request.abandoned = True
            with suppress(ValueError):
                self._waiting.remove(request)

    def _work(self) -> None:
        reason = "the engine is closed"
        try:
            while (request := self._next()) is not None:
                self._serve(request)
        except _Closed:
            pass
        except BaseException as fault:  # the thread's boundary: no request can be served after it
            log.error("engine_ended", exc_info=fault)
            reason = f"the engine failed: {type(fault).__name__}"
        with self._changed:
            self._failure = reason
            left = [*self._waiting, *([self._running] if self._running else [])]
            self._waiting.clear()
            self._running = None
        for request in left:
            request.give(None, failure=RuntimeDead(reason))

    def _serve(self, request: _Request) -> None:
        """Generate a request, or fail it. Raises what ends the engine."""
        begun = perf_counter()
        finish, failure = None, None
        try:
            finish = self._generate(request)
        except (_Closed, torch.AcceleratorError):
            raise
        except Exception as fault:  # noqa: BLE001 - a request's boundary: whatever it was, the next one may succeed
            failure = _failure_of(fault)
        if isinstance(failure, GenerationError):  # only here is the fault gone, whose traceback holds tensors
            self._try_decoder()
        elif finish and not self._proven:
            self._proven = request.prompt
        with self._changed:
            self._running = None
            self._typical_s += _SMOOTHING * (perf_counter() - begun - self._typical_s)
        if finish or failure:
            request.give(None, finish, failure)

    def _try_decoder(self) -> None:
        """Read the first prompt that succeeded once more. Raises where that fails, or none ever succeeded."""
        if self._proven is None:
            raise RuntimeError("no request has ever succeeded")
        next(self._tokens(self._proven))

    def _next(self) -> _Request | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._waiting)
            if self._closing:
                return None
            self._running = next((request for request in self._waiting if request.prompt.streaming), self._waiting[0])
            self._waiting.remove(self._running)
            return self._running

    def _generate(self, request: _Request) -> Finish | None:
        """Why it ended; None where nobody waits for that."""
        tokens = self._tokens(request.prompt)
        for _ in range(request.max_tokens):
            if self._closing:
                raise _Closed
            if request.abandoned:
                return None
            token = next(tokens)
            if token in request.prompt.stop_ids:
                return Finish.STOP
            request.give(token)
        return Finish.LENGTH

    def _tokens(self, prompt: Prompt) -> Iterator[int]:
        """Yield what follows the prompt, without end."""
        decoder = self._decoder
        sampler = Sampler(prompt.sampling, prompt.ids, rows=decoder.rows, device=decoder.device)
        decoder.restart()
        ids = torch.tensor(prompt.ids, device=decoder.device)
        while True:
            ids = sampler.pick(decoder.advance(ids))
            yield int(ids)


def _failure_of(fault: Exception) -> ServiceError:
    """What the client of a request is told that failed alone."""
    log.error("engine_request_failed", exc_info=fault)
    if isinstance(fault, torch.OutOfMemoryError):
        return GpuOutOfMemory("the GPU's memory is full; try again later", retry_after_s=_MEMORY_RETRY_S)
    return GenerationError(
        fault.message if isinstance(fault, GenerationError) else "the engine could not go on with this request"
    )
