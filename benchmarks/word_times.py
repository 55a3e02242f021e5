"""Measure what times of words and completeness cost: CPU time of alignment, and the delay of the first sound."""

import asyncio
import math
import statistics
import time
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace

from audio.seams import Timeline
from benchmarks import report
from core.alignment.protocol import Aligner
from core.chunk_alignment import ChunkAlignment
from core.request_state import Arrival, RequestState
from core.word_times import WordTimes
from processing.words import find_words
from services.runtime import Runtime, open_runtime
from shared.completeness_settings import CompletenessMode
from shared.config import Settings, read_settings
from shared.types import SpeechTokens, TextChunk, Utterance

TEXTS = (
    "The train leaves at nine from the second platform, and nobody has told the man with the blue umbrella.",
    "Please open the window, it is warm in here, and the rain that we were promised will not come before night.",
    "She has written three letters this week, two of them to a brother who lives on the other side of the river.",
)
STREAMS = 64
WINDOW_TOKENS = 24
"""Tokens of one window of a busy stream (docs/decisions/0014-headroom.md), which the aligner gets in one piece."""
FRAME_S = 0.02
PAIRS = 60


def utterance_of(runtime: Runtime, text: str, seed: int, *, word_times: bool) -> Utterance:
    sampling = replace(runtime.checkpoint.sampling, seed=seed)
    voice = runtime.checkpoint.voices[seed % len(runtime.checkpoint.voices)]
    return Utterance(text, voice, sampling, runtime.pipeline.codec.rate, stream=True, word_times=word_times)


async def tokens_of(runtime: Runtime, text: str, seed: int) -> tuple[int, ...]:
    """Return the semantic tokens that the model speaks a text in."""
    pipeline, utterance = runtime.pipeline, utterance_of(runtime, text, seed, word_times=False)
    voice = utterance.voice
    prompt = pipeline.prompts.build(text, voice, utterance.sampling, global_tokens=await pipeline.voices.get(voice))
    ids: list[int] = []
    async with aclosing(pipeline.engine.stream(prompt)) as deltas:
        async for delta in deltas:
            ids += [code for token in delta.ids if (code := pipeline.table[token]) >= 0]
    return tuple(ids)


def align(aligner: Aligner, text: str, ids: tuple[int, ...], *, hop: int, rate: int) -> Iterator[None]:
    """Align one stream as the line does: a window's tokens at once, then the frames of its sound."""
    chunk = TextChunk(0, text, last=True, words=find_words(text))
    timeline = Timeline([0], 0, [], [0])
    words = WordTimes(timeline, hop=hop, samples_per_s=rate)
    alignment = ChunkAlignment(aligner, text, [(word.start, word.end) for word in chunk.words])
    words.add(chunk)
    words.choose(chunk, alignment)
    sent_s = 0.0
    for start in range(0, len(ids), WINDOW_TOKENS):
        list(alignment.feed(SpeechTokens(ids[start : start + WINDOW_TOKENS])))
        alignment.align()
        ready_s = (start - WINDOW_TOKENS) * hop / rate
        while sent_s < ready_s:
            sent_s += FRAME_S
            words.told_until(sent_s)
        yield
    list(alignment.finish())
    words.told_until(math.inf)


async def cpu_cost(runtime: Runtime) -> dict[str, float]:
    """Return the CPU time of alignment and telling, in ms for each second of sound, at STREAMS streams in turn."""
    codec, aligner = runtime.pipeline.codec, runtime.pipeline.aligner
    assert aligner, "the checkpoint has no aligner"
    spoken = [(text, await tokens_of(runtime, text, seed)) for seed, text in enumerate(TEXTS)]
    lengths, costs = [], []
    for _ in range(5):
        picked = [spoken[n % len(spoken)] for n in range(STREAMS)]
        streams = [align(aligner, text, ids, hop=codec.hop, rate=codec.rate) for text, ids in picked]
        begun = time.thread_time()
        while streams:
            streams = [stream for stream in streams if next(stream, "end") is None]
        costs.append(time.thread_time() - begun)
        lengths.append(sum(len(ids) for _, ids in picked) * codec.hop / codec.rate)
    return {"cpu_ms_a_second_of_sound": round(min(costs) / lengths[0] * 1000, 4), "streams": STREAMS}


async def first_sound_s(runtime: Runtime, text: str, seed: int, *, word_times: bool) -> float:
    """Return the seconds until the first block of a stream, and until its words are known if they are asked for."""
    begun = time.perf_counter()
    request = RequestState(Arrival("benchmark", begun), utterance_of(runtime, text, seed, word_times=word_times))
    async with runtime.pipeline.speak(request) as blocks:
        block = await anext(blocks)
        if request.words:
            request.words.told_until(block.seconds)
        return time.perf_counter() - begun


async def first_sound(runtime: Runtime) -> dict[str, float]:
    """Return the difference of the first sound with and without times: pairs of equal requests, in turn."""
    with_s, without_s = [], []
    for seed in range(PAIRS):
        text = TEXTS[seed % len(TEXTS)]
        for word_times in (bool(seed % 2), not seed % 2):
            (with_s if word_times else without_s).append(
                await first_sound_s(runtime, text, seed, word_times=word_times)
            )
    later_ms = [(a - b) * 1000 for a, b in zip(with_s, without_s, strict=True)]
    return {
        "first_sound_ms_p50": round(statistics.median(without_s) * 1000, 2),
        "first_sound_with_words_ms_p50": round(statistics.median(with_s) * 1000, 2),
        "later_ms_p50_of_pairs": round(statistics.median(later_ms), 2),
    }


async def measure() -> dict[str, object]:
    figures: dict[str, object] = {}
    for mode in (CompletenessMode.OFF, CompletenessMode.RETRY):
        async with open_runtime(read_settings(Settings, completeness=mode)) as runtime:
            figures.setdefault("alignment", await cpu_cost(runtime))
            figures[f"completeness_{mode}"] = await first_sound(runtime)
    return figures


def main() -> None:
    arguments = report.output_option("word-times").parse_args()
    report.write(arguments.out, asyncio.run(measure()))


if __name__ == "__main__":
    main()
