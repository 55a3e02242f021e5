"""Measure the effect of vLLM's settings on the demo voice: each setting against the default, in one run.

Each setting needs its own engine, which takes half a minute to start. The roofline of a decode step is printed for this
machine's memory bandwidth, and with the published dimensions for GPUs (`--floor` prints only that).
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil
import torch

from api.cli.bench import TEXTS
from benchmarks import report
from benchmarks.service import cpu_s
from core.checkpoint.language_model import LanguageModelConfig
from core.checkpoint.reading import Checkpoint, open_checkpoint
from core.engine import TokenEngine
from core.engines import vllm_args
from core.prompt import PromptBuilder
from shared.config import MIB, Settings
from shared.logging import configure_logging
from shared.types import GlobalTokens, Prompt, TokenDelta
from tools.capacity import BANDWIDTH
from tools.memory import published_dimensions
from tools.roofline import step_bytes

DEFAULT = "default"
SETTINGS: dict[str, dict[str, Any]] = {
    DEFAULT: {},
    "compiled": {"enforce_eager": False},
    "a delta for each token": {"stream_interval": 1},
    "deltas of 16 tokens": {"stream_interval": 16},
    "no prefix caching": {"enable_prefix_caching": False},
    "4 sequences at once": {"max_num_seqs": 4},
    "32 MiB of keys and values": {"kv_cache_memory_bytes": 32 * MIB},
    "order of arrival": {"scheduling_policy": "fcfs"},
    "the model in a process of its own": {"distributed_executor_backend": "mp"},
    "default again": {},
}
SEQUENTIAL, CONCURRENT, FILE_CHUNKS = 8, 8, 40
"""Prompts one after the other; prompts at once; chunks of files that are queued before a stream's prompt."""
CONTEXT = 400
"""Tokens of a stream so far, for the roofline of a step."""
STREAMS = (1, 32, 128)
"""Numbers of streams for the roofline of a step."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Timing of one prompt: seconds to the first token and to the end, number of tokens and of deltas."""

    first_s: float
    whole_s: float
    tokens: int
    deltas: int


class Prompts:
    """Prompts of the benchmark: texts and voices of a checkpoint in turn, the same for the same number."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint, self._builder = checkpoint, PromptBuilder(checkpoint)

    def build(self, number: int, *, streaming: bool = True) -> Prompt:
        """Return prompt `number`."""
        voices = self._checkpoint.voices
        voice, sampling = voices[number % len(voices)], replace(self._checkpoint.sampling, seed=number)
        text, known = TEXTS[number % len(TEXTS)], GlobalTokens(voice.global_tokens)
        return replace(self._builder.build(text, voice, sampling, global_tokens=known), streaming=streaming)


async def ask(engine: TokenEngine, prompt: Prompt) -> Answer:
    """Generate the answer to a prompt and time it."""
    begun, first, tokens, deltas = time.perf_counter(), 0.0, 0, 0
    stream: AsyncGenerator[TokenDelta, None] = engine.stream(prompt)
    async with aclosing(stream):
        async for delta in stream:
            first = first or time.perf_counter()
            tokens, deltas = tokens + len(delta.ids), deltas + 1
    return Answer(first - begun, time.perf_counter() - begun, tokens, deltas)


async def sequential(engine: TokenEngine, prompts: Prompts) -> dict[str, float]:
    """Return figures of prompts one after the other."""
    answers = [await ask(engine, prompts.build(number)) for number in range(SEQUENTIAL)]
    return {
        "first_token_ms_p50": round(statistics.median(answer.first_s for answer in answers) * 1000, 1),
        "tokens_per_s": round(sum(a.tokens for a in answers) / sum(a.whole_s for a in answers), 1),
    }


def engine_cpu_s() -> float:
    """Return the CPU time of the engine's processes so far, in seconds."""
    return sum(cpu_s(child.pid) for child in psutil.Process().children(recursive=True))


async def concurrent(engine: TokenEngine, prompts: Prompts) -> dict[str, float]:
    """Return figures of prompts at once.

    `cpu_ms_a_thousand_tokens` is CPU time of this process, that is, of the service; `engine_cores` is the number of
    cores that the engine's processes keep busy.
    """
    begun, cpu, engine_cpu = time.perf_counter(), time.process_time(), engine_cpu_s()
    answers = await asyncio.gather(*(ask(engine, prompts.build(number)) for number in range(CONCURRENT)))
    took_s, tokens = time.perf_counter() - begun, sum(answer.tokens for answer in answers)
    return {
        f"first_token_ms_p50_of_{CONCURRENT}": round(statistics.median(a.first_s for a in answers) * 1000, 1),
        f"tokens_per_s_of_{CONCURRENT}": round(tokens / took_s, 1),
        "engine_cores": round((engine_cpu_s() - engine_cpu) / took_s, 2),
        "tokens_a_delta": round(tokens / sum(answer.deltas for answer in answers), 2),
        "cpu_ms_a_thousand_tokens": round((time.process_time() - cpu) / tokens * 1e6, 1),
    }


async def behind_files(engine: TokenEngine, prompts: Prompts) -> dict[str, float]:
    """Return the time to the first token of a stream that arrives when the engine's queue is full of files' chunks."""
    async with asyncio.TaskGroup() as group:
        files = [group.create_task(ask(engine, prompts.build(n, streaming=False))) for n in range(FILE_CHUNKS)]
        await asyncio.sleep(0.5)
        answer = await ask(engine, prompts.build(FILE_CHUNKS))
        for file in files:
            file.cancel()
    return {f"first_token_ms_behind_{FILE_CHUNKS}_of_files": round(answer.first_s * 1000, 1)}


@asynccontextmanager
async def started(checkpoint: Checkpoint, settings: Settings, changed: dict[str, Any]) -> AsyncIterator[TokenEngine]:
    """Start an engine with changed arguments, and close it at the end."""
    from core.engines.vllm_engine import VllmEngine  # vLLM reads the environment on import

    args = replace(vllm_args(settings, checkpoint), **changed)
    engine = await asyncio.to_thread(VllmEngine.start, args, rows=checkpoint.vocabulary.rows)
    try:
        yield engine
    finally:
        await engine.close()


async def measure(checkpoint: Checkpoint, settings: Settings, changed: dict[str, Any]) -> dict[str, float]:
    """Return the figures of one engine with changed arguments."""
    prompts = Prompts(checkpoint)
    async with started(checkpoint, settings, changed) as engine:
        await ask(engine, prompts.build(0))
        row = await sequential(engine, prompts) | await concurrent(engine, prompts)
        return row | await behind_files(engine, prompts)


def read_gb_per_s() -> float:
    """Measure this machine's memory bandwidth for reads, with one thread and data far larger than the caches."""
    data = torch.zeros(512 * MIB // 4)
    took = []
    for _ in range(3):
        begun = time.perf_counter()
        data.sum()
        took.append(time.perf_counter() - begun)
    return 512 * MIB / min(took) / 1e9


def roofline(model: LanguageModelConfig, gb_per_s: float, *, streams: int, value_bytes: int) -> dict[str, float]:
    """Return the shortest time of a decode step at a memory bandwidth, and the bytes that it moves."""
    step = step_bytes(model, streams=streams, context=CONTEXT, value_bytes=value_bytes)
    step_s = step.seconds(gb_per_s=gb_per_s)
    return {
        "streams": streams,
        "weights_mb": round(step.weights / 1e6, 1),
        "keys_and_values_mb": round(step.keys_and_values / 1e6, 1),
        "logits_mb": round(step.logits / 1e6, 1),
        "least_step_ms": round(step_s * 1000, 3),
        "most_tokens_per_s": round(streams / step_s),
    }


def gpu_rooflines() -> list[dict[str, Any]]:
    """Return rooflines of the published dimensions in bfloat16, with the bandwidths of the GPUs' data sheets."""
    model, _ = published_dimensions()
    return [
        {"gpu": name} | roofline(model, float(gb_per_s), streams=streams, value_bytes=2)
        for name, gb_per_s in BANDWIDTH.items()
        for streams in STREAMS
    ]


def main() -> None:
    parser: argparse.ArgumentParser = report.output_option("engine")
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, default=list(SETTINGS))
    parser.add_argument("--checkpoint", type=Path, default=Path("voices/demo"))
    parser.add_argument("--floor", action="store_true", help="print the roofline of a step on GPUs, and stop")
    arguments = parser.parse_args()
    print(report.table(gpu_rooflines()))
    if arguments.floor:
        return
    configure_logging("ERROR")
    checkpoint, settings = open_checkpoint(arguments.checkpoint), Settings()
    rows: list[dict[str, Any]] = []
    for name in arguments.settings:
        rows.append({"setting": name} | asyncio.run(measure(checkpoint, settings, SETTINGS[name])))
        print(rows[-1], flush=True)
    gb_per_s = read_gb_per_s()
    here = {"gb_per_s": round(gb_per_s, 1)} | roofline(checkpoint.language_model, gb_per_s, streams=1, value_bytes=4)
    report.write(arguments.out, {"settings": rows, "roofline_here": here, "roofline_of_gpus": gpu_rooflines()})
    print(report.table(rows))


if __name__ == "__main__":
    main()
