"""The line with speech whose tokens name their words (tests/spelt.py), spoken as a sender does."""

import math
from collections.abc import AsyncGenerator, Callable
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np

from core.checkpoint.reading import Checkpoint
from core.parser import build_codec_table
from core.pipeline import ChunkPlan, Pipeline
from core.prompt import PromptBuilder
from core.request_state import Arrival, RequestState
from core.scheduling.policy import HeadroomPolicy
from core.scheduling.scheduler import StreamScheduler
from core.text_worker import TextWorker
from core.voice_cache import VoiceCache
from core.windows import WindowPlan
from core.word_times import WordTime
from processing.script import ScriptRules
from shared.types import Utterance
from tests.fakes import REACH
from tests.spelt import LOUD, SpeltAligner, SpeltChunk, SpeltCodec, SpeltEngine

SEED = 5
RIGHT = 17
"""Look-ahead of windows, in tokens: the least that the service has."""


@dataclass(frozen=True)
class Told:
    """A word, and the block of sound that it was told with: from `begin_s` to `end_s` of the answer."""

    word: WordTime
    begin_s: float
    end_s: float


@dataclass(frozen=True)
class Answer:
    """The sound of a request; each word as it was told first; the engine."""

    samples: np.ndarray
    told: list[Told]
    engine: SpeltEngine

    def onsets_s(self, rate: int) -> np.ndarray:
        """Return the times at which loud sound begins after at least 10 ms without any."""
        loud = np.flatnonzero(np.abs(self.samples) > LOUD / 3)
        return loud[np.flatnonzero(np.diff(loud, prepend=-rate) > 0.01 * rate)] / rate


def request_of(tiny: Checkpoint, text: str, **fields: object) -> RequestState:
    given = {"text": text, "voice": replace(tiny.voices[0], global_tokens=(1,) * 32), "word_times": True}
    sampling = replace(tiny.sampling, seed=SEED)
    return RequestState(Arrival("request", 0.0), Utterance(**(given | {"sampling": sampling, "rate": 16_000} | fields)))


def words_of(request: RequestState) -> list[str]:
    return [chunk.text[word.start : word.end] for chunk in request.script.chunks for word in chunk.words]


async def speak(
    tiny: Checkpoint,
    request: RequestState,
    spell: Callable[[int, int], SpeltChunk],
    *,
    more: AsyncGenerator[str, None] | None = None,
    aligner: SpeltAligner | None = None,
    rules: ScriptRules = ScriptRules(threshold=40, target=40),  # noqa: B008 - frozen
    parts: dict[str, object] | None = None,
    engine: type[SpeltEngine] = SpeltEngine,
    **options: object,
) -> Answer:
    """Speak chunk i of the request as `spell(i, attempt)` says. `parts`: of the pipeline; `options`: of the engine."""
    speaking = engine(tiny.vocabulary, spell, seed=SEED, **options)
    prompts, table = PromptBuilder(tiny), build_codec_table(tiny.vocabulary)
    with closing(TextWorker()) as texts:
        pipeline = Pipeline(
            engine=speaking,
            codec=SpeltCodec(),
            table=table,
            prompts=prompts,
            windows=WindowPlan(left=REACH, right=RIGHT, first=4, steady=48),
            scheduler=StreamScheduler(HeadroomPolicy(min_headroom_s=0.1)),
            texts=texts,
            voices=VoiceCache(speaking, table, prompts, tiny.sampling),
            chunks=ChunkPlan(ahead=1, at_once=4),
            rules=rules,
            super_resolution=None,
            **({"aligner": aligner or SpeltAligner()} | (parts or {})),
        )
        samples, told = await _heard(pipeline, request, more)
    assert speaking.unfinished == 0
    return Answer(samples, told, speaking)


async def _heard(
    pipeline: Pipeline, request: RequestState, more: AsyncGenerator[str, None] | None
) -> tuple[np.ndarray, list[Told]]:
    blocks, told, end_s, samples = [], [], 0.0, 0
    async with pipeline.speak(request, more) as sound:
        async for block in sound:
            blocks.append(block.samples)
            samples += len(block.samples)
            begin_s, end_s = end_s, samples / block.rate
            told += [Told(word, begin_s, end_s) for word in request.words.told_until(end_s)] if request.words else []
            if request.utterance.stream:
                pipeline.scheduler.block_sent(request.playback, block.seconds)
    told += [Told(word, end_s, math.inf) for word in request.words.told_until(math.inf)] if request.words else []
    assert len({(one.word.index, one.word.end_s is None) for one in told}) == len(told), "told more than once"
    first = {one.word.index: one for one in reversed(told)}
    return np.concatenate(blocks), [first[index] for index in sorted(first)]
