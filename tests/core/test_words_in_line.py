"""Times of words through the whole line, with speech whose tokens name their words: never late, and true."""

import asyncio
import math
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.seams import OVERLAP_S
from audio.speed import HELD_S
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
from shared.passages import Delivery, Passage
from shared.types import Utterance
from tests.fakes import REACH
from tests.spelt import LOUD, SpeltAligner, SpeltChunk, SpeltCodec, SpeltEngine

SEED = 5
RIGHT = 17
"""Look-ahead of windows, in tokens: the least that the service has."""
ROUNDED_S = 0.003
"""Error of an onset that is found in the sound, without a change of speed: the ramp of the fades and of resampling."""
RAMP_S = 0.0005
"""Error of an onset that is found in the sound: filters ring before a loud sound."""
SPLICE_S = HELD_S
"""Error that each change of speed may add: twice its longest lag (audio/speed.py)."""


def pipeline_of(tiny, engine, texts, *, aligner=None, codec=None, **parts):
    prompts, table = PromptBuilder(tiny), build_codec_table(tiny.vocabulary)
    return Pipeline(
        engine=engine,
        codec=codec or SpeltCodec(),
        table=table,
        prompts=prompts,
        windows=WindowPlan(left=REACH, right=RIGHT, first=4, steady=48),
        scheduler=StreamScheduler(HeadroomPolicy(min_headroom_s=0.1)),
        texts=texts,
        voices=VoiceCache(engine, table, prompts, tiny.sampling),
        chunks=ChunkPlan(ahead=1, at_once=4),
        rules=ScriptRules(threshold=40, target=40),
        super_resolution=None,
        aligner=aligner,
        **parts,
    )


def request_of(tiny, text, **fields):
    voice = replace(tiny.voices[0], global_tokens=(1,) * 32)
    utterance = Utterance(
        **{"text": text, "voice": voice, "sampling": replace(tiny.sampling, seed=SEED), "rate": 16_000}
        | {"word_times": True}
        | fields
    )
    return RequestState(Arrival("request", 0.0), utterance)


@dataclass(frozen=True)
class Told:
    """A word, and the block of sound that it was told with: from `begin_s` to `end_s` of the answer."""

    word: WordTime
    begin_s: float
    end_s: float


async def heard(pipeline, request, more=None):
    """Speak as a sender does: return the sound, each word as it was told first, and all as they were told last."""
    blocks, told, end_s, samples = [], [], 0.0, 0
    async with pipeline.speak(request, more) as sound:
        async for block in sound:
            blocks.append(block.samples)
            samples += len(block.samples)
            begin_s, end_s = end_s, samples / block.rate
            told += [Told(word, begin_s, end_s) for word in request.words.told_until(end_s)]
    told += [Told(word, end_s, math.inf) for word in request.words.told_until(math.inf)]
    first = {one.word.index: one for one in reversed(told)}
    assert len({(one.word.index, one.word.end_s is None) for one in told}) == len(told), "told more than once"
    return np.concatenate(blocks), [first[index] for index in sorted(first)]


def onsets_s(samples, rate):
    """Return the times at which loud sound begins after at least 10 ms without any."""
    loud = np.flatnonzero(np.abs(samples) > LOUD / 3)
    return loud[np.flatnonzero(np.diff(loud, prepend=-rate) > 0.01 * rate)] / rate


def words_of(request):
    return [chunk.text[word.start : word.end] for chunk in request.script.chunks for word in chunk.words]


TEXTS = st.lists(
    st.sampled_from(["One", "two", "three,", "a longer", "sentence.", "And", "more words", "follow;", "The end!"]),
    min_size=1,
    max_size=14,
).map(" ".join)


@settings(max_examples=40)
@given(
    text=TEXTS,
    number=st.integers(0, 2**32 - 1),
    speed=st.sampled_from([0.5, 0.8, 1.0, 1.0, 1.3, 2.0]),
    own=st.sampled_from([1.0, 1.0, 0.8, 1.25]),
    rate=st.sampled_from([8_000, 16_000, 24_000, 44_100, 48_000]),
    stream=st.booleans(),
    batch=st.integers(1, 12),
)
def test_each_word_is_told_once_in_order_no_later_than_its_sound(tiny, text, number, speed, own, rate, stream, batch):
    passages = (Passage(text, Delivery(rate=own)),)
    request = request_of(tiny, text, rate=rate, speed=speed, stream=stream, passages=passages)
    samples, told = speak(tiny, request, np.random.default_rng(number), batch=batch)
    assert [one.word.word for one in told] == words_of(request)
    assert [one.word.index for one in told] == list(range(len(told)))
    assert request.words.told == sorted(request.words.told, key=lambda word: word.start_s)
    assert all(word.start_s <= word.end_s for word in request.words.told)
    changes = (speed != 1.0) + (own != 1.0)
    found, seams_s = onsets_s(samples, rate), [start for _, start, _ in request.spans()]
    for one in told:
        start_s = one.word.start_s
        at_seam = any(seam_s <= start_s + 1e-9 < seam_s + OVERLAP_S / speed for seam_s in seams_s[1:])
        sounds_s = found[np.abs(found - start_s).argmin()]
        assert abs(sounds_s - start_s) <= ROUNDED_S + SPLICE_S * changes + at_seam * OVERLAP_S / speed
        assert one.begin_s - RAMP_S <= sounds_s, "told after its sound was sent"
        assert start_s < one.end_s + 2 / rate + SPLICE_S * changes, "told earlier than it has to be"


def speak(tiny, request, random, **options):
    """Speak a request in random words, in an event loop of its own."""
    spelt = {}

    def spell(chunk, _):
        return spelt.setdefault(chunk, SpeltChunk.of(len(request.script.chunks[chunk].words), random))

    engine = SpeltEngine(tiny.vocabulary, spell, seed=SEED, **options)
    with closing(TextWorker()) as texts:
        return asyncio.run(heard(pipeline_of(tiny, engine, texts, aligner=SpeltAligner()), request))
