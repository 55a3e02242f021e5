"""The line from text to sound on a fake engine and codec: order, equality, retries, bounds, clean-up."""

from contextlib import ExitStack, aclosing, closing
from dataclasses import replace

import numpy as np
import pytest

from core.attempts import RETRY_SEED_SHIFT
from core.parser import build_codec_table
from core.pipeline import ChunkPlan, Pipeline
from core.prompt import PromptBuilder
from core.request_state import Arrival, RequestState
from core.scheduling.policy import HeadroomPolicy
from core.scheduling.scheduler import StreamScheduler
from core.scheduling.stream_state import StreamState
from core.text_worker import TextWorker
from core.voice_cache import VoiceCache
from core.windows import WindowPlan
from processing.script import ScriptRules
from shared.errors import GenerationError
from shared.types import Utterance
from tests.fakes import HOP, REACH, FakeCodec, FakeEngine

TOKENS = 60
AHEAD = 1
TWO_CHUNKS = "The first sentence is here and goes on. The second sentence is here and ends."
MANY_CHUNKS = " ".join(f"Sentence number {word} is spoken here." for word in ("one", "two", "three", "four", "five"))


class RecordingEngine(FakeEngine):
    """Keep every prompt and its tokens. The first `failures` streams fail after `fail_after_tokens` tokens."""

    def __init__(self, vocabulary, *, failures=0, fail_after_tokens=0, **options):
        super().__init__(vocabulary, length=TOKENS, **options)
        self.failures, self.fail_after_tokens = failures, fail_after_tokens
        self.prompts, self.answers, self.most_unfinished = [], [], 0

    async def stream(self, prompt):
        fails = len(self.prompts) < self.failures
        answer = []
        self.prompts.append(prompt)
        self.answers.append(answer)
        async with aclosing(super().stream(prompt)) as deltas:
            async for delta in deltas:
                self.most_unfinished = max(self.most_unfinished, self.unfinished)
                if fails and len(answer) >= self.fail_after_tokens:
                    raise GenerationError("this attempt fails")
                answer += delta.ids
                yield delta

    @property
    def seeds(self):
        return [prompt.sampling.seed for prompt in self.prompts]


class Counted:
    """Decoding that notes how many prompts had begun when the first window was decoded."""

    def __init__(self, decode, engine):
        self._decode, self._engine = decode, engine
        self.prompts_before = None

    async def __call__(self, window, **when):
        block = await self._decode(window, **when)
        self.prompts_before = self.prompts_before or len(self._engine.prompts)
        return block


@pytest.fixture
def line(tiny):
    """Return a factory of pipelines; `utterance_of` makes requests for them."""
    with closing(TextWorker()) as texts:

        def make(engine):
            prompts, table = PromptBuilder(tiny), build_codec_table(tiny.vocabulary)
            return Pipeline(
                engine=engine,
                codec=FakeCodec(),
                table=table,
                prompts=prompts,
                windows=WindowPlan(left=REACH, right=REACH, first=4, steady=16),
                scheduler=StreamScheduler(HeadroomPolicy(min_headroom_s=0.1)),
                texts=texts,
                voices=VoiceCache(engine, table, prompts, tiny.sampling),
                chunks=ChunkPlan(ahead=AHEAD, at_once=4),
                rules=ScriptRules(threshold=40, target=40),
                super_resolution=None,
            )

        yield make


def request_of(tiny, text="Hello there.", **fields):
    voice = replace(tiny.voices[0], global_tokens=(1,) * 32)
    utterance = Utterance(text, voice, replace(tiny.sampling, seed=5), FakeCodec.rate, **fields)
    return RequestState(Arrival("request", 0.0), utterance)


async def spoken(pipeline, request, more=None):
    async with pipeline.speak(request, more) as blocks:
        return np.concatenate([np.zeros(0, np.float32), *[block.samples async for block in blocks]])


def decoded(tiny, answer):
    """Decode all semantic tokens of an answer at once."""
    semantics = tiny.vocabulary.semantics
    return FakeCodec().whole(tuple(token - semantics.first for token in answer if token >= semantics.first))


@pytest.mark.parametrize("stream", [True, False])
async def test_sound_of_one_chunk_equals_decoding_all_tokens_at_once(line, tiny, stream):
    engine = RecordingEngine(tiny.vocabulary)
    request = request_of(tiny, stream=stream)
    samples = await spoken(line(engine), request)
    np.testing.assert_allclose(samples, decoded(tiny, engine.answers[0]), rtol=0, atol=1e-6)
    assert len(samples) == TOKENS * HOP and np.abs(samples).max() > 0.01
    assert request.tokens == request.stages.engine.given == request.stages.codec.taken == TOKENS
    assert request.stages.codec.given == request.stages.joiner.taken == len(samples)


async def test_chunks_are_spoken_in_the_order_of_the_text_with_seeds_that_count_up(line, tiny):
    engine = RecordingEngine(tiny.vocabulary)
    request = request_of(tiny, TWO_CHUNKS, stream=True)
    await spoken(line(engine), request)
    spans = list(request.spans())
    assert "".join(chunk.text for chunk, _, _ in spans) == TWO_CHUNKS
    assert [chunk.index for chunk, _, _ in spans] == [0, 1] and spans[0][1] == 0 < spans[1][1]
    assert engine.seeds == [5, 6]


async def test_file_generates_chunks_concurrently_and_stream_only_one_ahead(line, tiny):
    most = {}
    for stream in (False, True):
        engine = RecordingEngine(tiny.vocabulary, delay_s=0.001)
        await spoken(line(engine), request_of(tiny, MANY_CHUNKS, stream=stream))
        assert len(engine.prompts) == 5
        most[stream] = engine.most_unfinished
    assert most[True] <= AHEAD + 1 < most[False] <= 4


@pytest.mark.parametrize(("others", "before"), [(0, 2), (1, 1)])
async def test_chunk_ahead_is_begun_after_the_first_block_beside_other_requests(line, tiny, others, before):
    engine = RecordingEngine(tiny.vocabulary, delay_s=0.001)
    pipeline = line(engine)
    pipeline.codec.decode = counted = Counted(pipeline.codec.decode, engine)
    with ExitStack() as held:
        for _ in range(others):
            held.enter_context(pipeline.scheduler.open(StreamState(streaming=True, token_s=0.02)))
        await spoken(pipeline, request_of(tiny, TWO_CHUNKS, stream=True))
    assert (counted.prompts_before, len(engine.prompts)) == (before, 2)


@pytest.mark.parametrize("stream", [True, False])
async def test_failure_before_the_first_sound_is_retried_with_another_seed(line, tiny, stream):
    engine = RecordingEngine(tiny.vocabulary, failures=1)
    request = request_of(tiny, stream=stream)
    samples = await spoken(line(engine), request)
    assert request.retries == 1 and engine.seeds == [5, 5 + RETRY_SEED_SHIFT]
    np.testing.assert_allclose(samples, decoded(tiny, engine.answers[1]), rtol=0, atol=1e-6)


async def test_late_failure_is_retried_for_a_file_and_ends_a_stream(line, tiny):
    engine = RecordingEngine(tiny.vocabulary, failures=1, fail_after_tokens=40)
    request = request_of(tiny)
    samples = await spoken(line(engine), request)
    assert request.retries == 1 and len(samples) == TOKENS * HOP

    engine = RecordingEngine(tiny.vocabulary, failures=1, fail_after_tokens=40)
    request = request_of(tiny, stream=True)
    with pytest.raises(GenerationError):
        await spoken(line(engine), request)
    assert request.retries == 0 and engine.unfinished == 0


async def test_second_failure_ends_the_request(line, tiny):
    engine = RecordingEngine(tiny.vocabulary, failures=2)
    request = request_of(tiny)
    with pytest.raises(GenerationError):
        await spoken(line(engine), request)
    assert request.retries == 1 and len(engine.prompts) == 2


@pytest.mark.parametrize("stream", [True, False])
async def test_leaving_the_context_early_frees_the_engine_and_the_scheduler(line, tiny, stream):
    engine = RecordingEngine(tiny.vocabulary, forever=True)
    pipeline = line(engine)
    async with pipeline.speak(request_of(tiny, MANY_CHUNKS, stream=stream)) as blocks:
        if stream:
            await anext(blocks)
        assert len(pipeline.scheduler) == 1
    assert (engine.unfinished, len(pipeline.scheduler)) == (0, 0)
    assert engine.abandoned == engine.started


async def test_text_that_arrives_later_is_spoken_after_the_first(line, tiny):
    async def more():
        yield "A second sentence comes later."

    engine = RecordingEngine(tiny.vocabulary)
    request = request_of(tiny, "The first sentence.", stream=True)
    await spoken(line(engine), request, more())
    texts = [chunk.text for chunk, _, _ in request.spans()]
    assert "".join(texts) == "The first sentence. A second sentence comes later." and len(texts) == 2


@pytest.mark.parametrize(("fields", "share"), [({"speed": 2.0}, 0.5), ({"rate": 8000}, 0.5), ({"speed": 0.5}, 2.0)])
async def test_post_processing_gives_the_speed_and_rate_of_the_answer(line, tiny, fields, share):
    request = request_of(tiny, stream=True)
    request.utterance = replace(request.utterance, **fields)
    samples = await spoken(line(RecordingEngine(tiny.vocabulary)), request)
    assert len(samples) == pytest.approx(TOKENS * HOP * share, abs=1)
    assert not request.super_resolved
