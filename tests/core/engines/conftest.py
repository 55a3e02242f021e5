"""Fixture for both engines, each with functions that make it fail."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import psutil
import pytest
import pytest_asyncio
import torch
from torch import Tensor

from core.checkpoint.reading import Checkpoint
from core.engine import TokenEngine
from core.engines.qwen2 import KeyValueCache, Qwen2Decoder
from core.engines.transformers_engine import TransformersEngine
from shared.types import Finish, Prompt, Sampling

MAX_LEN = 512
QUEUE = 100


class MortalDecoder(Qwen2Decoder):
    dying = False

    def start(self, cache: KeyValueCache, ids: Tensor) -> Tensor:
        self._die()
        return super().start(cache, ids)

    def step(self, caches: Sequence[KeyValueCache], ids: Tensor) -> Tensor:
        self._die()
        return super().step(caches, ids)

    def _die(self) -> None:
        if self.dying:
            raise RuntimeError("out of memory")


def decoder(checkpoint: Checkpoint, max_len: int = MAX_LEN) -> MortalDecoder:
    return MortalDecoder(
        checkpoint.language_model_path, max_len=max_len, device=torch.device("cpu"), dtype=torch.float32
    )


@dataclass(frozen=True)
class Subject:
    """An engine, a function that kills it and, for vLLM, one that aborts its requests from within."""

    engine: TokenEngine
    kill: Callable[[], None]
    abort_all: Callable[[], Awaitable[None]] | None = None


@pytest_asyncio.fixture(
    params=["transformers", "vllm", pytest.param("vllm compiled", marks=pytest.mark.slow)],
    scope="module",
    loop_scope="module",
)
async def subject(request: pytest.FixtureRequest, tiny: Checkpoint) -> AsyncIterator[Subject]:
    if request.param == "transformers":
        mortal = decoder(tiny)
        plain = TransformersEngine(mortal, max_waiting=QUEUE)
        yield Subject(plain, lambda: setattr(mortal, "dying", True))
        await plain.close()
        return
    if find_spec("vllm") is None:
        pytest.skip("VLLM IS NOT INSTALLED: its engine goes untested")
    before = set(psutil.Process().children())
    engine = await asyncio.to_thread(start_vllm, tiny, compiled="compiled" in request.param)
    core = next(child for child in psutil.Process().children() if child not in before and "EngineCore" in child.name())
    llm = engine._llm
    yield Subject(
        engine,
        kill=lambda: os.kill(core.pid, signal.SIGKILL),
        abort_all=lambda: llm.abort(list(llm.output_processor.request_states), internal=True),
    )
    await engine.close()


def start_vllm(checkpoint: Checkpoint, *, compiled: bool = False) -> Any:
    from core.engines.vllm_engine import VllmEngine, engine_args

    args = engine_args(
        checkpoint,
        kv_cache_bytes=64 * 2**20,
        max_len=MAX_LEN,
        max_running=16,
        max_unfinished=QUEUE,
        stream_interval=4,
        compiled=compiled,
        sleeps=True,
    )
    return VllmEngine.start(args, rows=checkpoint.vocabulary.rows)


def prompt(checkpoint: Checkpoint, text: str, *, pinned: bool = False, **sampling: object) -> Prompt:
    vocabulary, control = checkpoint.vocabulary, checkpoint.vocabulary.control
    ids = [control.task_tts, control.start_content, *vocabulary.encode_text(text)]
    ids += [control.end_content, control.start_global]
    if pinned:
        ids += [*vocabulary.globals.ids(range(32)), control.end_global, control.start_semantic]
    return Prompt(tuple(ids), vocabulary.stop_ids, Sampling(**sampling))  # type: ignore[arg-type]


async def collect(engine: TokenEngine, asked: Prompt) -> tuple[tuple[int, ...], Finish | None]:
    """Return all tokens and the finish reason, which only the last delta may have."""
    ids: list[int] = []
    finish = None
    async with aclosing(engine.stream(asked)) as deltas:
        async for delta in deltas:
            assert finish is None, "a delta after the last"
            assert delta.ids or delta.finish, "an empty delta"
            ids += delta.ids
            finish = delta.finish
    return tuple(ids), finish


async def idle(engine: TokenEngine, within_s: float = 1.0) -> None:
    async with asyncio.timeout(within_s):
        while engine.unfinished:  # noqa: ASYNC110 - an engine has no event for this
            await asyncio.sleep(0.005)
