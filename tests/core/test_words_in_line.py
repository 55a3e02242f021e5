"""Times of words through the whole line, with speech whose tokens name their words: never late, and true."""

import asyncio
import re
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.seams import OVERLAP_S
from audio.speed import HELD_S
from core.alignment import load_aligner
from core.completeness import CompletenessRules
from core.generation import MOST_ALIGNED, TOO_LONG_TO_ALIGN, is_too_long
from core.pipeline import NO_ALIGNER
from processing.words import find_words
from shared.completeness_settings import CompletenessMode
from shared.config import PROJECT
from shared.errors import GenerationError
from shared.passages import Delivery, Passage
from shared.source_map import SourceMap
from shared.types import Reference, VoiceSource
from tests.hostile import UNITS, stated_cpu_s, text_of
from tests.spelt import ONSET, SpeltAligner, SpeltChunk, SpeltEngine
from tests.spelt_line import request_of, speak, words_of

ROUNDED_S = 0.003
"""Error of an onset that is found in the sound, without a change of speed: the ramp of the fades and of resampling."""
RAMP_S = 0.0005
"""Error of an onset that is found in the sound: filters ring before a loud sound."""
HELD_LOOP_S = 0.005
"""CPU time for which the event loop may be held, on the CPU that `stated_cpu_s` compares with."""
SPLICE_S = HELD_S
"""Error that each change of speed may add: twice its longest lag (audio/speed.py)."""


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
    passages = (Passage(text, Delivery(rate=own), sources=SourceMap.verbatim(len(text))),)
    request = request_of(tiny, text, rate=rate, speed=speed, stream=stream, passages=passages)
    answer = asyncio.run(speak(tiny, request, randomly(request, np.random.default_rng(number)), batch=batch))
    told, found = answer.told, answer.onsets_s(rate)
    assert [one.word.word for one in told] == words_of(request)
    assert [one.word.index for one in told] == list(range(len(told)))
    assert request.words.told == sorted(request.words.told, key=lambda word: word.start_s)
    assert all(word.start_s <= word.end_s for word in request.words.told)
    changes = (speed != 1.0) + (own != 1.0)
    seams_s = [start for _, start, _ in request.spans()]
    for one in told:
        start_s = one.word.start_s
        at_seam = any(seam_s <= start_s + 1e-9 < seam_s + OVERLAP_S / speed for seam_s in seams_s[1:])
        sounds_s = found[np.abs(found - start_s).argmin()]
        assert abs(sounds_s - start_s) <= ROUNDED_S + SPLICE_S * changes + at_seam * OVERLAP_S / speed
        assert one.begin_s - RAMP_S <= sounds_s, "told after its sound was sent"
        assert start_s < one.end_s + 2 / rate + SPLICE_S * changes, "told earlier than it has to be"


def randomly(request, random):
    """Return the spelling of a request's chunks in words of random lengths."""
    spelt = {}

    def spell(chunk, _):
        return spelt.setdefault(chunk, SpeltChunk.of(len(request.script.chunks[chunk].words), random))

    return spell


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("mode", CompletenessMode)
async def test_neither_times_nor_completeness_change_a_sample_of_a_complete_answer(tiny, stream, mode):
    text = "The first sentence is here and goes on. The second sentence is here and ends."
    sounds = []
    for word_times, aligner in ((False, None), (True, SpeltAligner())):
        request = request_of(tiny, text, stream=stream, word_times=word_times)
        spell = lambda chunk, _: SpeltChunk(5, [(n, 20, 2) for n in range(8 - chunk)])  # noqa: E731 - one expression
        parts = {"completeness": CompletenessRules(mode), "aligner": aligner}
        sounds.append((await speak(tiny, request, spell, parts=parts)).samples)
    np.testing.assert_array_equal(*sounds)


async def test_retried_chunk_has_the_words_of_the_attempt_that_is_heard(tiny):
    request = request_of(tiny, "One two three.", stream=True)
    lengths = {0: 4, 1: 30}

    def spell(_, attempt):
        return SpeltChunk(2, [(n, lengths[attempt], 0) for n in range(3)])

    class Failing(SpeltEngine):
        async def stream(self, prompt):
            async for delta in super().stream(prompt):
                if len(self.spoken) == 1:
                    raise GenerationError("the first attempt fails")
                yield delta

    answer = await speak(tiny, request, spell, engine=Failing)
    assert answer.engine.spoken == [(0, 0), (0, 1)]
    assert [word.start_s for word in request.words.told] == pytest.approx([0.04, 0.64, 1.24])


async def test_prompt_that_a_clone_continues_is_not_aligned(tiny):
    voice = replace(tiny.voices[0], global_tokens=(1,) * 32, source=VoiceSource.CLONED)
    voice = replace(voice, reference=Reference("Words of the recording.", (ONSET, 1, 1, ONSET + 1, 1)))
    request = request_of(tiny, "One two three.", voice=voice)
    answer = await speak(tiny, request, lambda *_: SpeltChunk(2, [(n, 10, 0) for n in range(3)]))
    assert [word.start_s for word in request.words.told] == pytest.approx([0.04, 0.24, 0.44])
    assert [one.word.word for one in answer.told] == ["One", "two", "three"]


async def test_words_of_text_that_arrives_later_follow(tiny):
    async def more():
        yield "A second sentence comes later."
        yield "And a third."

    request = request_of(tiny, "The first sentence.", stream=True)
    random = randomly(request, np.random.default_rng(1))
    answer = await speak(tiny, request, random, more=more())
    assert " ".join(one.word.word for one in answer.told) == (
        "The first sentence A second sentence comes later And a third"
    )
    found = answer.onsets_s(16_000)
    assert all(np.abs(found - one.word.start_s).min() <= ROUNDED_S for one in answer.told)


async def test_checkpoint_without_an_aligner_says_so(tiny):
    request = request_of(tiny, "One two three.")
    await speak(tiny, request, lambda *_: SpeltChunk(2, [(n, 10, 0) for n in range(3)]), parts={"aligner": None})
    assert request.words is None and request.alignment_unavailable == NO_ALIGNER


@pytest.mark.parametrize(
    ("text", "too_long"), [("a" * 2_000, False), ("a" * 2_001, True), ("ﷺ" * 222, False), ("ﷺ" * 223, True)]
)
def test_length_of_a_chunk_is_counted_in_letters_too(text, too_long):
    assert is_too_long(text) == too_long


async def test_text_too_long_to_align_as_one_chunk_says_so(tiny):
    request = request_of(tiny, "One two three. " * 200, chunking=False)
    await speak(tiny, request, lambda *_: SpeltChunk(2, [(n, 10, 0) for n in range(3)]))
    assert request.words is None and request.alignment_unavailable == TOO_LONG_TO_ALIGN


async def test_text_that_arrives_later_and_is_too_long_ends_the_times(tiny):
    async def more():
        yield "One two three " * 200
        yield "One two three."

    request = request_of(tiny, "One two three.", stream=True, chunking=False)
    answer = await speak(tiny, request, lambda *_: SpeltChunk(2, [(n, 10, 0) for n in range(3)]), more=more())
    assert [one.word.word for one in answer.told] == ["One", "two", "three"][: len(answer.told)]
    assert request.words is None and request.alignment_unavailable == TOO_LONG_TO_ALIGN


def test_alignment_of_the_longest_chunk_is_opened_in_less_than_5_ms():
    aligner = load_aligner(PROJECT / "voices/demo")
    for unit in (*UNITS.values(), "ﷺ", "ﷺ ", "½ ", "ﬃ "):
        text = text_of(unit, MOST_ALIGNED)
        while is_too_long(text):
            text = text[: len(text) * 9 // 10]
        places = [(word.start, word.end) for word in find_words(text)]
        assert stated_cpu_s(partial(aligner.chunk, text, places), times=5) < HELD_LOOP_S, unit


@pytest.mark.parametrize("minutes", [1, pytest.param(10, marks=pytest.mark.slow)])
@pytest.mark.parametrize("stream", [True, False])
async def test_each_word_of_a_long_text_is_told_once_in_order(tiny, stream, minutes):
    random = np.random.default_rng(7)
    sentences = [
        f"Sentence {number} has {words} more words than {number + 1}."
        for number, words in enumerate(("many few some".split() * 75)[: 24 * minutes])
    ]
    request = request_of(tiny, " ".join(sentences), stream=stream, speed=1.0)
    answer = await speak(tiny, request, randomly(request, random), batch=8)
    assert len(answer.samples) > 60 * minutes * 16_000
    assert [one.word.index for one in answer.told] == list(range(len(answer.told)))
    sources = [one.word.source for one in answer.told]
    assert sources == sorted(sources) and len(set(sources)) == len(sources)
    written = [request.utterance.text[start:end] for start, end in sources]
    assert written == [one.word.word for one in answer.told] == re.findall(r"\w+", request.utterance.text)
    found = answer.onsets_s(16_000)
    near = [np.abs(found - one.word.start_s).min() <= ROUNDED_S + OVERLAP_S for one in answer.told]
    assert all(near)
    assert all(one.begin_s <= one.word.start_s + ROUNDED_S for one in answer.told)
