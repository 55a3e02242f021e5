"""Token engine for production: vLLM's AsyncLLM, on a GPU or on a CPU. The only module that imports vLLM.

Importing vLLM takes up to half a minute and reads the environment: see `open_engine`.
"""

import asyncio
import itertools
import multiprocessing
import os
import threading
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import torch
from vllm.engine.arg_utils import AsyncEngineArgs
from vllm.exceptions import QueueOverflowError
from vllm.inputs.engine import tokens_input
from vllm.platforms import current_platform
from vllm.sampling_params import RequestOutputKind, SamplingParams
from vllm.v1.engine.async_llm import AsyncLLM
from vllm.v1.engine.exceptions import EngineDeadError, EngineGenerateError
from vllm.v1.executor.uniproc_executor import UniProcExecutor

from core.checkpoint.reading import Checkpoint
from core.engine import check_prompt
from shared.errors import GenerationError, Overloaded, RuntimeDead
from shared.types import Finish, Prompt, TokenDelta

_SHUTDOWN_S = 5.0
"""Seconds after which the engine's process is killed at shutdown. Chosen; the process has nothing to save."""
_BUSY_RETRY_S = 2
"""Retry-After of Overloaded, in seconds. Chosen, not measured."""
_FINISHES = {"stop": Finish.STOP, "length": Finish.LENGTH}


class _Llm(AsyncLLM):  # type: ignore[misc]
    def __del__(self) -> None:
        """Do nothing: `close` shuts the engine down. A second shutdown fails while the interpreter exits."""


class _InProcessExecutor(UniProcExecutor):  # type: ignore[misc]
    """Executor that runs the model in the engine's process, which ends when the service's process has ended.

    On a CPU vLLM starts another process by default, and each of the two spins on one core while it waits for the other
    (measured: docs/benchmarks.md). The engine of a service that was killed would keep its memory, a GPU's included.
    """

    def _init_executor(self) -> None:
        threading.Thread(target=_end_with_service, name="end-with-service", daemon=True).start()
        if current_platform.is_cpu():
            cores = len(os.sched_getaffinity(0))
            torch.set_num_threads(max(1, min(torch.get_num_threads(), cores - 1)))  # leaves one core to the decoder
        super()._init_executor()


def _end_with_service() -> None:
    if service := multiprocessing.parent_process():
        service.join()
        os._exit(1)


def engine_args(
    checkpoint: Checkpoint,
    *,
    kv_cache_bytes: int,
    max_len: int,
    max_running: int,
    max_unfinished: int,
    stream_interval: int,
    compiled: bool,
    sleeps: bool,
) -> AsyncEngineArgs:
    """Return vLLM's arguments for this checkpoint; `benchmarks/engine.py` measures their effects.

    `stream_interval`: tokens per delta, except in the first and the last. `compiled`: compile the model on a CPU too,
    which takes a C++ compiler and a minute. `sleeps`: use the allocator with which `sleep` can free a GPU's memory.
    """
    max_len = min(max_len, checkpoint.max_positions)
    on_cpu = bool(current_platform.is_cpu())
    return AsyncEngineArgs(
        model=str(checkpoint.language_model_path),
        skip_tokenizer_init=True,
        generation_config="vllm",  # each request sets its sampling; the model's generation_config.json is ignored
        dtype="float32" if on_cpu else "bfloat16",  # few CPUs support bfloat16 arithmetic
        max_model_len=max_len,
        max_num_seqs=max_running,
        max_num_batched_tokens=max(max_len, 2048),
        enable_chunked_prefill=not on_cpu,  # on a CPU, a chunked prompt with a seed crashes the engine
        max_num_queued_reqs=max_unfinished,
        kv_cache_memory_bytes=kv_cache_bytes,
        gpu_memory_utilization=0.5,  # only a check of free memory at start; the line above sets the cache's size
        enforce_eager=on_cpu and not compiled,
        stream_interval=stream_interval,
        scheduling_policy="priority",
        distributed_executor_backend=_InProcessExecutor,
        enable_sleep_mode=sleeps and not on_cpu,
        disable_log_stats=True,
        enable_log_requests=False,
    )


class VllmEngine:
    """Token engine over a running AsyncLLM. Create it with `start`, which blocks for ten seconds to a minute."""

    name = "vllm"

    def __init__(self, llm: AsyncLLM, *, rows: int, max_len: int) -> None:
        self._llm = llm
        self._rows, self._max_len = rows, max_len
        self._request_ids = itertools.count()

    @classmethod
    def start(cls, args: AsyncEngineArgs, *, rows: int) -> "VllmEngine":
        """Start the engine's process and load the model, whose embedding has `rows` rows. Blocks, on any thread."""
        return cls(_Llm.from_engine_args(args), rows=rows, max_len=args.max_model_len)

    @property
    def unfinished(self) -> int:
        return int(self._llm.get_num_unfinished_requests())

    def check_health(self) -> None:
        if self._llm.errored:
            raise RuntimeDead("the engine process has ended")

    async def stream(self, prompt: Prompt) -> AsyncGenerator[TokenDelta, None]:
        self.check_health()
        room = check_prompt(prompt, rows=self._rows, max_len=self._max_len)
        request_id = f"speech-{next(self._request_ids)}"
        outputs = self._llm.generate(
            tokens_input(list(prompt.ids)), _params(prompt, room), request_id, priority=int(not prompt.streaming)
        )
        try:
            async with aclosing(outputs):
                async for output in outputs:
                    yield _delta(output.outputs[0], prompt.stop_ids)
        except EngineDeadError:
            raise RuntimeDead("the engine process has ended") from None
        except EngineGenerateError as error:
            raise GenerationError("the engine failed to generate this request") from error
        except QueueOverflowError:
            raise Overloaded("the engine's queue is full", retry_after_s=_BUSY_RETRY_S) from None

    async def sleep(self) -> None:
        await self._llm.sleep(level=1)  # keeps the weights in the host's memory

    async def wake(self) -> None:
        await self._llm.wake_up()

    async def close(self) -> None:
        """End the engine's process. Streams that still run fail."""
        if (reader := self._llm.output_handler) and not self.unfinished:
            reader.cancel()  # otherwise the reader finds its input closed and logs a dead engine
        await asyncio.to_thread(self._llm.shutdown, timeout=_SHUTDOWN_S)


def _params(prompt: Prompt, max_tokens: int) -> SamplingParams:
    sampling = prompt.sampling.representable()
    return SamplingParams(
        temperature=sampling.temperature,
        top_k=sampling.top_k,
        top_p=sampling.top_p,
        repetition_penalty=sampling.repetition_penalty,
        seed=sampling.seed,
        max_tokens=max_tokens,
        stop_token_ids=sorted(prompt.stop_ids),
        ignore_eos=True,  # only the prompt's stop ids end the answer
        detokenize=False,
        output_kind=RequestOutputKind.DELTA,
    )


def _delta(output: Any, stop_ids: frozenset[int]) -> TokenDelta:
    """Convert vLLM's output, without the stop token, which vLLM includes in the last delta.

    Raises GenerationError for any other end than stop or length: vLLM ends an aborted stream without an exception.
    """
    ids = tuple(output.token_ids)
    if output.finish_reason is None:
        return TokenDelta(ids)
    finish = _FINISHES.get(output.finish_reason)
    if finish is None:
        raise GenerationError(f"the engine ended the request: {output.finish_reason}")
    if finish is Finish.STOP and ids and ids[-1] in stop_ids:
        ids = ids[:-1]
    return TokenDelta(ids, finish)
