"""Token engine for machines without vLLM: runs several requests at once, on a thread of its own.

Each round of the thread begins at most one request with its prompt, and generates one token of each of a batch;
`core/engines/batch.py` decides both. A token is sent to the event loop when it is generated. A slow reader receives
several tokens in one delta.

An exception fails the request in which it is raised, and no other. A batch that raises is repeated request by request.
After a failed request, the engine runs the first prompt that ever succeeded again as a check. The engine ends

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
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import Protocol

import torch
from torch import Tensor

from core.engine import check_prompt
from core.engines.batch import may_begin, select_batch
from core.engines.qwen2 import MAX_BATCH, KeyValueCache
from core.engines.request import EngineRequest
from core.engines.sampler import Sampler
from shared.errors import GenerationError, GpuOutOfMemory, Overloaded, RuntimeDead, ServiceError
from shared.logging import get_logger
from shared.types import Finish, Prompt, TokenDelta

_INITIAL_DURATION_S = 2.0
"""Mean duration of a request, in seconds, before one was measured. Chosen; it only scales the first Retry-After."""
_EWMA_ALPHA = 0.2
"""Weight of the newest request in exponentially weighted means of all requests: about the last five decide. Chosen."""
MAX_SEQUENCES = 16
"""Requests that run at once: twice the sequences of a step, so that those in hand wait with their caches kept. Files
have half of them, which fill a step, so that a stream need not wait until one of them ends."""
_MEMORY_RETRY_S = 1
"""Retry-After of GpuOutOfMemory, in seconds. Chosen: memory is freed when the requests in progress end."""

log = get_logger(__name__)


class Decoder(Protocol):
    """Model that `Qwen2Decoder` implements, and that tests replace."""

    rows: int
    max_len: int
    device: torch.device

    def cache(self) -> KeyValueCache: ...
    def start(self, cache: KeyValueCache, ids: Tensor) -> Tensor: ...
    def step(self, caches: Sequence[KeyValueCache], ids: Tensor) -> Tensor: ...


@dataclass(slots=True, eq=False)
class _Sequence:
    """A request that runs. Used on the engine's thread alone. `newest` is its newest token [1]."""

    request: EngineRequest
    cache: KeyValueCache
    sampler: Sampler
    started_at: float
    stepped_at: float = 0.0
    newest: Tensor = field(default_factory=lambda: torch.empty(0))
    tokens: int = 0

    @property
    def streaming(self) -> bool:
        return self.request.prompt.streaming

    @property
    def due(self) -> float:
        return self.request.due


class TransformersEngine:
    """Engine that runs `decoder` on a thread until closed. At most `max_waiting` requests wait in its queue."""

    name = "transformers"

    def __init__(self, decoder: Decoder, *, max_waiting: int, max_sequences: int = MAX_SEQUENCES) -> None:
        self._decoder = decoder
        self._max_waiting, self._max_sequences = max_waiting, max_sequences
        self._waiting: deque[EngineRequest] = deque()
        self._begun: set[EngineRequest] = set()
        self._changed = threading.Condition()  # guards _waiting, _begun, _closing and _failure
        self._closing = False
        self._failure: str | None = None
        self._running: list[_Sequence] = []  # used on the thread alone, as all below
        self._spare: list[KeyValueCache] = []
        self._known_good: Prompt | None = None  # the first prompt that succeeded
        self._mean_duration_s = _INITIAL_DURATION_S
        self._prompt_token_s = 0.0  # mean time of one token of a prompt; 0 until measured
        self._stepped_s = 0.0  # spent on steps since the newest prompt
        self._thread = threading.Thread(target=self._run, name="token-engine", daemon=True)
        self._thread.start()

    @property
    def unfinished(self) -> int:
        with self._changed:
            return len(self._waiting) + len(self._begun)

    def check_health(self) -> None:
        if self._failure is not None:
            raise RuntimeDead(self._failure)

    async def stream(self, prompt: Prompt) -> AsyncGenerator[TokenDelta, None]:
        room = check_prompt(prompt, rows=self._decoder.rows, max_len=self._decoder.max_len)
        request = EngineRequest(prompt, room)
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

    def _submit(self, request: EngineRequest) -> None:
        with self._changed:
            self.check_health()
            if self._closing:
                raise RuntimeDead("the engine is closed")
            if len(self._waiting) + len(self._begun) >= self._max_waiting + self._max_sequences:
                wait_s = math.ceil(self._mean_duration_s * (len(self._waiting) + 1) / self._max_sequences)
                raise Overloaded("the engine's queue is full", retry_after_s=wait_s)
            self._waiting.append(request)
            self._changed.notify()

    def _abandon(self, request: EngineRequest) -> None:
        """Remove a request from the queue. If it runs already, the thread drops it before the next round."""
        with self._changed:
            request.abandoned = True
            with suppress(ValueError):
                self._waiting.remove(request)

    def _run(self) -> None:
        reason = "the engine is closed"
        try:
            while self._await_work():
                if request := self._next():
                    self._guard(request, partial(self._begin, request))
                begun_at = perf_counter()
                if batch := select_batch(self._running, limit=MAX_BATCH, now=begun_at):
                    self._step(batch)
                    self._stepped_s += perf_counter() - begun_at
        except BaseException as fault:  # the thread's boundary: the engine serves no request after it
            log.error("engine_ended", exc_info=fault)
            reason = f"the engine failed: {type(fault).__name__}"
        with self._changed:
            self._failure = reason
            unfinished = [*self._waiting, *self._begun]
            self._waiting.clear()
            self._begun.clear()
        for request in unfinished:
            request.deliver(None, failure=RuntimeDead(reason))

    def _await_work(self) -> bool:
        """Drop the abandoned sequences, and wait for a request where none is left. Report whether to go on."""
        for sequence in [sequence for sequence in self._running if sequence.request.abandoned]:
            self._remove(sequence.request)
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._waiting or self._running)
            return not self._closing

    def _next(self) -> EngineRequest | None:
        """Take a request from the queue, streams first, if one more may run and its prompt may be read now."""
        with self._changed:
            if not self._waiting or len(self._running) >= self._max_sequences:
                return None
            request = next((request for request in self._waiting if request.prompt.streaming), self._waiting[0])
            files = sum(not sequence.streaming for sequence in self._running)
            if not request.prompt.streaming and files >= max(1, self._max_sequences // 2):
                return None
            cost_s = self._prompt_token_s * len(request.prompt.ids)
            if not may_begin(self._running, cost_s=cost_s, stepped_s=self._stepped_s, now=perf_counter()):
                return None
            self._waiting.remove(request)
            self._begun.add(request)
            return request

    def _begin(self, request: EngineRequest) -> None:
        """Read a request's prompt and generate its first token."""
        started_at = perf_counter()
        cache = self._spare.pop() if self._spare else self._decoder.cache()
        sampler, logits = self._read(request.prompt, cache)
        took_s = (perf_counter() - started_at) / len(request.prompt.ids)
        self._prompt_token_s += (_EWMA_ALPHA if self._prompt_token_s else 1.0) * (took_s - self._prompt_token_s)
        self._stepped_s = 0.0
        sequence = _Sequence(request, cache, sampler, started_at=started_at)
        self._running.append(sequence)
        self._sample(sequence, logits)

    def _read(self, prompt: Prompt, cache: KeyValueCache) -> tuple[Sampler, Tensor]:
        """Begin a sequence with a prompt; return its sampler and the logits [rows] of its first token."""
        sampler = Sampler(prompt.sampling, prompt.ids, rows=self._decoder.rows, device=cache.device)
        return sampler, self._decoder.start(cache, torch.tensor(prompt.ids, device=cache.device))

    def _step(self, batch: Sequence[_Sequence]) -> None:
        """Generate the next token of each sequence. A batch that fails is repeated sequence by sequence."""
        if len(batch) == 1:
            return self._guard(batch[0].request, lambda: self._sample(batch[0], self._logits(batch)[0]))
        try:
            rows = self._logits(batch)
        except torch.AcceleratorError:
            raise
        except Exception as fault:  # noqa: BLE001 - fails the request to which it belongs, when that runs alone
            log.warning("engine_batch_failed", requests=len(batch), fault=repr(fault))
            for one in batch:
                self._step([one])
            return
        for one, row in zip(batch, rows, strict=True):
            self._guard(one.request, partial(self._sample, one, row))

    def _logits(self, batch: Sequence[_Sequence]) -> Tensor:
        return self._decoder.step([one.cache for one in batch], torch.cat([one.newest for one in batch]))

    def _sample(self, sequence: _Sequence, logits: Tensor) -> None:
        """Take a sequence's next token, and deliver it or end the sequence."""
        prompt = sequence.request.prompt
        sequence.newest, sequence.stepped_at = sequence.sampler.pick(logits), perf_counter()
        token = int(sequence.newest)
        if token in prompt.stop_ids:
            return self._finish(sequence, Finish.STOP)
        sequence.request.deliver(token)
        sequence.tokens += 1
        if sequence.tokens >= sequence.request.max_tokens:
            self._finish(sequence, Finish.LENGTH)

    def _finish(self, sequence: _Sequence, finish: Finish) -> None:
        self._known_good = self._known_good or sequence.request.prompt
        self._mean_duration_s += _EWMA_ALPHA * (perf_counter() - sequence.started_at - self._mean_duration_s)
        self._remove(sequence.request)
        sequence.request.deliver(None, finish)

    def _guard(self, request: EngineRequest, work: Callable[[], None]) -> None:
        """Do work for one request; fail the request if it raises. Raise only what ends the engine."""
        failure = None
        try:
            work()
        except torch.AcceleratorError:
            raise
        except Exception as fault:  # noqa: BLE001 - a request's boundary: after any error the next one may succeed
            failure = _failure_of(fault)
        if failure:  # outside `except`, where the traceback's tensors are freed
            if isinstance(failure, GenerationError):
                self._check_decoder()
            self._remove(request)
            request.deliver(None, failure=failure)

    def _check_decoder(self) -> None:
        """Run the first prompt that succeeded again. Raise if that fails, or if no prompt ever succeeded."""
        if self._known_good is None:
            raise RuntimeError("no request has ever succeeded")
        sampler, logits = self._read(self._known_good, self._decoder.cache())
        sampler.pick(logits)

    def _remove(self, request: EngineRequest) -> None:
        """Forget a request; keep the cache of its sequence for the next one."""
        for sequence in [sequence for sequence in self._running if sequence.request is request]:
            self._running.remove(sequence)
            self._spare.append(sequence.cache)
        with self._changed:
            self._begun.discard(request)


def _failure_of(fault: Exception) -> ServiceError:
    """Log the fault and return the error that the request raises."""
    log.error("engine_request_failed", exc_info=fault)
    if isinstance(fault, torch.OutOfMemoryError):
        return GpuOutOfMemory("the GPU is out of memory; try again later", retry_after_s=_MEMORY_RETRY_S)
    return GenerationError(
        fault.message if isinstance(fault, GenerationError) else "the engine failed to generate this request"
    )
