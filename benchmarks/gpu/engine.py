"""Part `engine` of bench-gpu: one token engine alone, with rising numbers of streams."""

import asyncio
import statistics
import time
from dataclasses import replace

from benchmarks.engine import Answer, Prompts, ask
from benchmarks.gpu.parts import Part
from core.checkpoint.reading import open_checkpoint
from core.engine import TokenEngine
from core.engines import open_engine
from shared.config import EngineKind, Settings, VramProfile
from shared.logging import configure_logging

STREAMS = (1, 8, 32, 64, 128)


async def at_once(engine: TokenEngine, prompts: Prompts, streams: int) -> dict[str, float]:
    """Return the figures of `streams` prompts at once."""
    begun = time.perf_counter()
    answers: list[Answer] = await asyncio.gather(*(ask(engine, prompts.build(number)) for number in range(streams)))
    took_s = time.perf_counter() - begun
    firsts = sorted(answer.first_s for answer in answers)
    return {
        "first_token_ms_p50": round(statistics.median(firsts) * 1000, 1),
        "first_token_ms_p95": round(firsts[int(0.95 * (len(firsts) - 1))] * 1000, 1),
        "tokens": sum(answer.tokens for answer in answers),
        "tokens_per_s": round(sum(answer.tokens for answer in answers) / took_s, 1),
        "ms_a_token_of_a_stream": round(
            1000 * statistics.median((a.whole_s - a.first_s) / max(1, a.tokens - 1) for a in answers), 3
        ),
    }


async def measure(part: Part) -> None:
    """Start the engine and add one row for each number of streams."""
    with part.checkpoint() as path:
        opened = open_checkpoint(path)
        checkpoint = replace(opened, voices=tuple(replace(one, global_tokens=(0,) * 32) for one in opened.voices))
        settings = Settings(
            checkpoint=path,
            engine=EngineKind(part.engine),
            device=part.device,
            vram_profile=VramProfile.THROUGHPUT,
            max_running=max(STREAMS),
        )
        begun, prompts = time.perf_counter(), Prompts(checkpoint)
        async with open_engine(settings, checkpoint) as engine:
            part.sheet.add("ready_s", round(time.perf_counter() - begun, 1))
            await at_once(engine, prompts, 2)
            for streams in part.rows(STREAMS):
                if part.sheet.has_time():
                    part.sheet.add(f"{streams}_streams", await at_once(engine, prompts, streams))


def run(part: Part) -> None:
    """Measure the engine."""
    configure_logging("ERROR")
    asyncio.run(measure(part))
