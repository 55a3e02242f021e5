"""Completeness through the whole line: what is not spoken completely is generated again before it is heard."""

import numpy as np
import pytest

from core.alignment.protocol import FaultKind
from core.completeness import CompletenessRules
from shared.completeness_settings import CompletenessMode
from tests.fakes import HOP
from tests.spelt import SpeltAligner, SpeltChunk
from tests.spelt_line import request_of, speak, words_of

RETRY = {"completeness": CompletenessRules(CompletenessMode.RETRY)}
REPORT = {"completeness": CompletenessRules(CompletenessMode.REPORT)}
TEXT = "One two three four."
TWO_CHUNKS = "The first sentence is here and goes on. The second sentence is here and ends."


def spelling(faults, *words):
    """Return a spelling of chunks of so many words, the last number for all further ones.

    `faults` changes chunks by (chunk, attempt).
    """

    def spell(chunk, attempt):
        spelt = SpeltChunk(5, [(n, 20, 2) for n in range(words[min(chunk, len(words) - 1)])])
        if (chunk, attempt) in faults:
            faults[chunk, attempt](spelt)
        return spelt

    return spell


def omit(number):
    return lambda spelt: spelt.words.pop(number)


def babble(tokens):
    return lambda spelt: setattr(spelt, "babble", tokens)


def endless(spelt):
    spelt.endless = True


def shape(report):
    return report.chunks, report.incomplete, report.retried


async def test_omitted_word_of_a_file_is_spoken_by_the_retry(tiny):
    request = request_of(tiny, TEXT)
    answer = await speak(tiny, request, spelling({(0, 0): omit(2)}, 4), parts=RETRY)
    assert answer.engine.spoken == [(0, 0), (0, 1)] and request.retries == 1
    assert [one.word.word for one in answer.told] == words_of(request)
    assert len(answer.onsets_s(16_000)) == 4
    report = request.completeness
    assert shape(report) == (1, 0, 1) and report.score == 1.0 and report.retry_tokens == 5 + 4 * 22


@pytest.mark.parametrize(("first", "second", "heard"), [(omit(0), lambda s: s.words.clear(), 3), (omit(0), omit(1), 3)])
async def test_better_attempt_is_heard_and_the_first_of_two_equal_ones(tiny, first, second, heard):
    request = request_of(tiny, TEXT)
    answer = await speak(tiny, request, spelling({(0, 0): first, (0, 1): second}, 4), parts=RETRY)
    assert len(answer.onsets_s(16_000)) == heard and shape(request.completeness) == (1, 1, 1)
    assert request.completeness.faults == {FaultKind.OMITTED: 1} and request.completeness.score == 0.75
    silent = request.words.told[0]
    assert silent.start_s == silent.end_s, "the first attempt lacks the first word"


async def test_failing_retry_leaves_the_first_attempt(tiny):
    request = request_of(tiny, TEXT)

    def spell(chunk, attempt):
        return SpeltChunk(0, []) if attempt else SpeltChunk(5, [(n, 20, 2) for n in range(3)])

    answer = await speak(tiny, request, spell, parts=RETRY)
    assert answer.engine.spoken == [(0, 0), (0, 1)] and len(answer.onsets_s(16_000)) == 3


async def test_chunk_ahead_of_a_stream_is_retried_before_it_is_heard(tiny):
    request = request_of(tiny, TWO_CHUNKS, stream=True)
    answer = await speak(tiny, request, spelling({(1, 0): omit(2)}, 8, 7), parts=RETRY, delay_s=0.001)
    assert answer.engine.spoken == [(0, 0), (1, 0), (1, 1)]
    assert len(answer.onsets_s(16_000)) == 15 and shape(request.completeness) == (2, 0, 1)


async def test_first_chunk_of_a_stream_is_not_held_and_its_fault_is_reported(tiny):
    request = request_of(tiny, TWO_CHUNKS, stream=True)
    answer = await speak(tiny, request, spelling({(0, 0): omit(2)}, 8, 7), parts=RETRY)
    assert answer.engine.spoken == [(0, 0), (1, 0)] and shape(request.completeness) == (2, 1, 0)
    assert request.retries == 0 and request.completeness.faults == {FaultKind.OMITTED: 1}


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("tail", [babble(30), babble(170), endless])
async def test_babble_behind_the_last_word_is_not_heard(tiny, stream, tail):
    request = request_of(tiny, TEXT, stream=stream)
    answer = await speak(tiny, request, spelling({(0, 0): tail}, 4), parts=RETRY)
    assert len(answer.samples) == (5 + 4 * 22 - 2) * HOP and answer.engine.spoken == [(0, 0)]
    report = request.completeness
    assert report.babble_cut == 1 and report.cut_tokens >= 30 and shape(report) == (1, 0, 0)
    assert np.abs(answer.samples[-1:]) < 0.01, "the cut fades"
    stages = request.stages
    assert (stages.engine.given - report.cut_tokens) * HOP == stages.codec.given == len(answer.samples)


@pytest.mark.parametrize("stream", [True, False])
async def test_report_changes_nothing_of_the_sound(tiny, stream):
    request = request_of(tiny, TEXT, stream=stream, word_times=False)
    spell = spelling({(0, 0): lambda s: (omit(2)(s), babble(30)(s))}, 4)
    answer = await speak(tiny, request, spell, parts=REPORT)
    assert len(answer.samples) == (5 + 3 * 22 + 30) * HOP and request.retries == 0
    assert request.completeness.faults == {FaultKind.OMITTED: 1, FaultKind.TAIL: 1}
    assert not answer.told and request.words is None


@pytest.mark.parametrize("word_times", [True, False])
async def test_nothing_is_aligned_that_nothing_asks_for(tiny, word_times):
    aligner = SpeltAligner()
    request = request_of(tiny, TEXT, word_times=word_times)
    answer = await speak(tiny, request, spelling({(0, 0): omit(2)}, 4), aligner=aligner)
    assert len(aligner.opened) == word_times and shape(request.completeness) == (0, 0, 0)
    assert answer.engine.spoken == [(0, 0)]


@pytest.mark.parametrize(("threshold", "retried"), [(0.5, 0), (0.75, 1)])
async def test_chunk_above_the_threshold_is_not_retried(tiny, threshold, retried):
    request = request_of(tiny, TEXT)
    rules = CompletenessRules(CompletenessMode.RETRY, threshold)
    await speak(tiny, request, spelling({(0, 0): omit(2)}, 4), parts={"completeness": rules})
    assert request.completeness.retried == retried


async def test_faults_of_random_chunks_are_heard_complete_after_the_retry(tiny):
    random = np.random.default_rng(3)
    text = " ".join(["The first sentence is here and goes on."] * 40)
    faults = {(chunk, 0): [omit(int(random.integers(8))), babble(60)][chunk % 2] for chunk in range(0, 40, 3)}
    faults |= {(6, 1): omit(1)}  # the model cannot say this one
    request = request_of(tiny, text)
    answer = await speak(tiny, request, spelling(faults, 8), parts=RETRY)
    report = request.completeness
    assert report.chunks == 40 and report.incomplete <= 0.05 * len(faults) + 1
    assert len(answer.onsets_s(16_000)) == 40 * 8 - 1
