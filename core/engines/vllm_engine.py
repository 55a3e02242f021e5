"""The token engine for production: vLLM's AsyncLLM, on a GPU or on a CPU. The only module that knows vLLM.

Importing this module imports vLLM, which takes half a minute and reads its environment: see `open_engine`.
"""

import asyncio
import itertools
import os
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

_SHUTDOWN_S = 5.0  # then it is killed; it has nothing to save
_BUSY_RETRY_S = 2
_FINISHES = {"stop": Finish.STOP, "length": Finish.LENGTH}


class _Llm(AsyncLLM):  # type: ignore[misc]
    def __del__(self) -> None:
        """`close` has shut it down; a second time fails where the interpreter is already taking modules apart."""


class _OneProcess(UniProcExecutor):  # type: ignore[misc]
    """The model in the engine's own process, as on a GPU. On a CPU vLLM gives it another, and each spins on a core of
    its own while it waits for the other (docs/benchmarks.md).
    """

    def _init_executor(self) -> None:
        cores = len(os.sched_getaffinity(0))
        torch.set_num_threads(max(1, min(torch.get_num_threads(), cores - 1)))  # the decoder has one
        super()._init_executor()


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
    """How vLLM is to serve this checkpoint; `benchmarks/engine.py` measures what each is worth.

    `stream_interval`: tokens gathered before they are handed over, but for the first and the last.
    `compiled`: on a CPU too, where it takes a C++ compiler and a minute.
    `sleeps`: whether `sleep` can give a GPU's memory back, which takes another allocator.
    """
    max_len = min(max_len, checkpoint.max_positions)
    on_cpu = bool(current_platform.is_cpu())
    return AsyncEngineArgs(
        model=str(checkpoint.language_model_path),
        skip_tokenizer_init=True,
        generation_config="vllm",  # every request states its sampling; a file beside the model must not
        dtype="float32" if on_cpu else "bfloat16",  # few CPUs have bfloat16 arithmetic
        max_model_len=max_len,
        max_num_seqs=max_running,
        max_num_batched_tokens=max(max_len, 2048),
        enable_chunked_prefill=not on_cpu,  # half a prompt and a seed: a CPU's random generator ends the engine
        max_num_queued_reqs=max_unfinished,
        kv_cache_memory_bytes=kv_cache_bytes,
        gpu_memory_utilization=0.5,  # checked against free memory at the start only: the line above decides
        enforce_eager=on_cpu and not compiled,
        stream_interval=stream_interval,
        scheduling_policy="priority",
        distributed_executor_backend=_OneProcess if on_cpu else None,
        enable_sleep_mode=sleeps and not on_cpu,
        disable_log_stats=True,
        enable_log_requests=False,
    )


class VllmEngine:
    """Wraps a running AsyncLLM. Made by `start`, because that takes from ten seconds to a minute of blocking work."""

    name = "vllm"

    def __init__(self, llm: AsyncLLM, *, rows: int, max_len: int) -> None:
        self._llm = llm
        self._rows, self._max_len = rows, max_len
        self._request_ids = itertools.count()

    @classmethod
    def start(cls, args: AsyncEngineArgs, *, rows: int) -> "VllmEngine":
        """Start the engine's process and load the model, whose vocabulary has `rows`. Blocks; may run on any thread."""
        return cls(_Llm.from_engine_args(args), rows=rows, max_len=args.max_model_len)

    @property
    def unfinished(self) -> int:
        return int(self._llm.get_num_unfinished_requests())

    def check_health(self) -> None:
        if self._llm.errored:
            raise RuntimeDead("the engine process is gone")

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
            raise RuntimeDead("the engine process is gone") from None
        except EngineGenerateError as error:
            raise GenerationError("the engine could not go on with this request") from error
        except QueueOverflowError:
            raise Overloaded("the engine's queue is full", retry_after_s=_BUSY_RETRY_S) from None

    async def sleep(self) -> None:
        await self._llm.sleep(level=1)  # the weights wait in the host's memory

    async def wake(self) -> None:
        await self._llm.wake_up()

    async def close(self) -> None:
        """End the engine's process; streams that still run fail."""
        if (reading := self._llm.output_handler) and not self.unfinished:
            reading.cancel()  # vLLM does it when there is nothing left to read from, and logs that as a dead engine
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
        ignore_eos=True,  # the prompt's own stop ids are all there is
        detokenize=False,
        output_kind=RequestOutputKind.DELTA,
    )


def _delta(output: Any, stop_ids: frozenset[int]) -> TokenDelta:
    """vLLM hands the stop token over with the last delta, and ends an aborted stream as if it were whole."""
    ids = tuple(output.token_ids)
    if output.finish_reason is None:
        return TokenDelta(ids)
    finish = _FINISHES.get(output.finish_reason)
    if finish is None:
        raise GenerationError(f"the engine ended the request: {output.finish_reason}")
    if finish is Finish.STOP and ids and ids[-1] in stop_ids:
        ids = ids[:-1]
    return TokenDelta(ids, finish)
