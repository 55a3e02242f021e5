"""Token engine for machines without vLLM: runs one request at a time, on a thread of its own.

Each token is sent to the event loop when it is generated. A slow reader receives several tokens in one delta.

An exception fails the request in which it is raised, and no other: the decoder starts a new sequence for each request.
After such a failure, the engine runs the first prompt that ever succeeded again as a check. The engine ends

* when this check fails,
* on an accelerator's fault, because a CUDA context accepts no work after it,
* on a BaseException that is not an Exception.

Running out of GPU memory does not end the engine: other requests may fit. No number of failures ends
it: otherwise a client could end the engine by repeating a request that fails.
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

_INITIAL_DURATION_S = 2.0
"""Mean duration of a request, in seconds, before one was measured. Chosen; it only scales the first Retry-After."""
_EWMA_ALPHA = 0.2
"""Weight of the newest request in the exponentially weighted mean duration: about the last five decide. Chosen."""
_MEMORY_RETRY_S = 1
"""Retry-After of GpuOutOfMemory, in seconds. Chosen: memory is freed when the requests in progress end."""

log = get_logger(__name__)


class Decoder(Protocol):
    """Model that `Qwen2Decoder` implements, and that tests replace."""

    rows: int
    max_len: int
    device: torch.device

    def restart(self) -> None: ...
    def advance(self, ids: Tensor) -> Tensor: ...


class _Request:
    """Hand-over of one request's tokens. The engine's thread calls `deliver`; all else runs on the event loop."""

    def __init__(self, prompt: Prompt, max_tokens: int) -> None:
        self.prompt = prompt
        self.max_tokens = max_tokens
        self.abandoned = False
        self._loop = asyncio.get_running_loop()
        self._delivered = asyncio.Event()
        self._tokens: list[int] = []
        self._finish: Finish | None = None
        self._failure: Exception | None = None

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
        tokens, self._tokens = tuple(self._tokens), []
        if self._failure is not None:
            raise self._failure
        return TokenDelta(tokens, self._finish)


class _Closed(Exception):
    """Raised on the engine's thread to leave the request in progress, because the engine is being closed."""


class TransformersEngine:
    """Engine that runs `decoder` on a thread until closed. At most `max_waiting` requests wait in its queue."""

    name = "transformers"

    def __init__(self, decoder: Decoder, *, max_waiting: int) -> None:
        self._decoder = decoder
        self._max_waiting = max_waiting
        self._waiting: deque[_Request] = deque()
        self._running: _Request | None = None
        self._changed = threading.Condition()  # guards _waiting, _running, _closing and _failure
        self._closing = False
        self._failure: str | None = None
        self._known_good: Prompt | None = None  # the first prompt that succeeded; used on the thread alone
        self._mean_duration_s = _INITIAL_DURATION_S
        self._thread = threading.Thread(target=self._run, name="token-engine", daemon=True)
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
        """Do nothing: this engine keeps no prefix cache, and its weights stay in memory."""

    async def wake(self) -> None:
        """Do nothing: `sleep` freed nothing."""

    async def close(self) -> None:
        """End the thread. Streams that still run raise RuntimeDead."""
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
                wait_s = math.ceil(self._mean_duration_s * (len(self._waiting) + 1))
                raise Overloaded("the engine's queue is full", retry_after_s=wait_s)
            self._waiting.append(request)
            self._changed.notify()

    def _abandon(self, request: _Request) -> None:
        """Remove a request from the queue. If it runs already, the thread leaves it after the current token."""
        with self._changed:
            request.abandoned = True
            with suppress(ValueError):
                self._waiting.remove(request)

    def _run(self) -> None:
        reason = "the engine is closed"
        try:
            while (request := self._next()) is not None:
                self._serve(request)
        except _Closed:
            pass
        except BaseException as fault:  # the thread's boundary: the engine serves no request after it
            log.error("engine_ended", exc_info=fault)
            reason = f"the engine failed: {type(fault).__name__}"
        with self._changed:
            self._failure = reason
            unfinished = [*self._waiting, *([self._running] if self._running else [])]
            self._waiting.clear()
            self._running = None
        for request in unfinished:
            request.deliver(None, failure=RuntimeDead(reason))

    def _serve(self, request: _Request) -> None:
        """Generate one request, or fail it. Raise only what ends the engine."""
        started = perf_counter()
        finish, failure = None, None
        try:
            finish = self._generate(request)
        except (_Closed, torch.AcceleratorError):
            raise
        except Exception as fault:  # noqa: BLE001 - a request's boundary: after any error the next one may succeed
            failure = _failure_of(fault)
        if isinstance(failure, GenerationError):  # outside `except`, where the traceback's tensors are freed
            self._check_decoder()
        elif finish and not self._known_good:
            self._known_good = request.prompt
        with self._changed:
            self._running = None
            self._mean_duration_s += _EWMA_ALPHA * (perf_counter() - started - self._mean_duration_s)
        if finish or failure:
            request.deliver(None, finish, failure)

    def _check_decoder(self) -> None:
        """Run the first prompt that succeeded again. Raise if that fails, or if no prompt ever succeeded."""
        if self._known_good is None:
            raise RuntimeError("no request has ever succeeded")
        next(self._tokens(self._known_good))

    def _next(self) -> _Request | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._waiting)
            if self._closing:
                return None
            self._running = next((request for request in self._waiting if request.prompt.streaming), self._waiting[0])
            self._waiting.remove(self._running)
            return self._running

    def _generate(self, request: _Request) -> Finish | None:
        """Generate all tokens of a request. Return the reason of its end; None if it was abandoned."""
        tokens = self._tokens(request.prompt)
        for _ in range(request.max_tokens):
            if self._closing:
                raise _Closed
            if request.abandoned:
                return None
            token = next(tokens)
            if token in request.prompt.stop_ids:
                return Finish.STOP
            request.deliver(token)
        return Finish.LENGTH

    def _tokens(self, prompt: Prompt) -> Iterator[int]:
        """Yield the tokens that follow the prompt, without end."""
        decoder = self._decoder
        sampler = Sampler(prompt.sampling, prompt.ids, rows=decoder.rows, device=decoder.device)
        decoder.restart()
        ids = torch.tensor(prompt.ids, device=decoder.device)
        while True:
            ids = sampler.pick(decoder.advance(ids))
            yield int(ids)


def _failure_of(fault: Exception) -> ServiceError:
    """Log the fault and return the error that the request raises."""
    log.error("engine_request_failed", exc_info=fault)
    if isinstance(fault, torch.OutOfMemoryError):
        return GpuOutOfMemory("the GPU is out of memory; try again later", retry_after_s=_MEMORY_RETRY_S)
    return GenerationError(
        fault.message if isinstance(fault, GenerationError) else "the engine failed to generate this request"
    )
