"""An aligner that fails ends the times and the completeness of an answer, and nothing of its sound."""

import numpy as np
import pytest

from core import alignment_failures
from core.alignment_failures import ALIGNMENT_FAILED, AlignmentFailures
from core.completeness import CompletenessRules
from shared.completeness_settings import CompletenessMode
from tests.failing_aligner import CALLS, AlignerFault, FailingAligner
from tests.spelt import SpeltAligner, SpeltChunk, SpeltEngine
from tests.spelt_line import Answer, request_of, speak, words_of

TEXT = "The first sentence is here and goes on. The second sentence is here and ends. A third one follows them."


def spell(chunk: int, _: int) -> SpeltChunk:
    return SpeltChunk(5, [(n, 20, 2) for n in range((8, 7, 5)[chunk])])


async def spoken(tiny, aligner, mode: CompletenessMode, **options) -> tuple[object, Answer, AlignmentFailures]:
    failures = AlignmentFailures()
    parts = {"aligner": aligner, "completeness": CompletenessRules(mode), "alignment_failures": failures}
    request = request_of(tiny, TEXT, **options)
    return request, await speak(tiny, request, spell, parts=parts), failures


@pytest.mark.parametrize(
    ("stream", "mode"), [(True, CompletenessMode.RETRY), (False, CompletenessMode.RETRY), (True, CompletenessMode.OFF)]
)
@pytest.mark.parametrize(
    ("where", "after"), [*((call, 0) for call in CALLS), ("chunk", 1), ("feed", 3), ("due", 1), ("finish", 1)]
)
async def test_failing_aligner_leaves_the_sound_as_it_is(tiny, where, after, mode, stream):
    _, plain, _ = await spoken(tiny, None, CompletenessMode.OFF, stream=stream, word_times=False)
    aligner = FailingAligner(SpeltAligner(), where, after=after)
    request, answer, failures = await spoken(tiny, aligner, mode, stream=stream)
    np.testing.assert_array_equal(answer.samples, plain.samples)
    assert answer.engine.spoken == plain.engine.spoken and request.retries == 0
    if not aligner.failed:  # whole files ask for nothing that is due
        assert where == "due" and not stream
        return
    assert failures.count == aligner.failed and "AlignerFault" in str(failures.problem)
    assert request.words is None and request.alignment_failed
    assert request.alignment_unavailable == ALIGNMENT_FAILED
    told = [one.word.word for one in answer.told]
    assert told == words_of(request)[: len(told)] and len(told) < 20
    assert not told or after or where == "finish"


@pytest.mark.parametrize("where", CALLS)
async def test_failing_aligner_ends_no_answer_that_is_checked_without_times(tiny, where):
    aligner = FailingAligner(SpeltAligner(), where)
    request, answer, failures = await spoken(tiny, aligner, CompletenessMode.RETRY, stream=True, word_times=False)
    assert len(answer.onsets_s(16_000)) == 20 and request.completeness.chunks == (3 if where == "due" else 0)
    assert bool(failures.count) == request.alignment_failed == (where != "due")


async def test_babble_is_heard_where_the_aligner_fails_behind_the_last_word(tiny):
    def babbling(*_):
        return SpeltChunk(5, [(n, 20, 2) for n in range(4)], babble=60)

    aligner = FailingAligner(SpeltAligner(), "finish")
    parts = {"aligner": aligner, "completeness": CompletenessRules(CompletenessMode.RETRY)}
    request = request_of(tiny, "One two three four.", stream=True)
    answer = await speak(tiny, request, babbling, parts=parts)
    plain = await speak(tiny, request_of(tiny, "One two three four.", stream=True), babbling, parts={"aligner": None})
    np.testing.assert_array_equal(answer.samples, plain.samples)


async def test_failure_in_an_attempt_that_is_not_heard_leaves_the_times(tiny):
    def omitting(chunk: int, attempt: int) -> SpeltChunk:
        return SpeltChunk(5, [(n, 20, 2) for n in range(4 - (attempt == 0))])

    aligner = FailingAligner(SpeltAligner(), "finish", after=1)  # the verdict on the retry is missing
    failures = AlignmentFailures()
    rules = CompletenessRules(CompletenessMode.RETRY)
    request = request_of(tiny, "One two three four.")
    parts = {"aligner": aligner, "completeness": rules, "alignment_failures": failures}
    answer = await speak(tiny, request, omitting, parts=parts, engine=SpeltEngine)
    assert answer.engine.spoken == [(0, 0), (0, 1)] and failures.count == 1
    assert len(answer.onsets_s(16_000)) == 3, "the attempt with a verdict is heard"
    assert not request.alignment_failed and len(answer.told) == 4


def test_failures_are_a_problem_until_an_alignment_succeeds_and_a_minute_is_over(monkeypatch):
    now_s = [100.0]
    monkeypatch.setattr(alignment_failures.time, "monotonic", lambda: now_s[0])
    failures, told = AlignmentFailures(), []
    failures.on_failure = lambda: told.append(failures.count)
    assert failures.problem is None
    failures.failed(AlignerFault("secret"))
    assert failures.problem and "secret" not in failures.problem and told == [1]
    now_s[0] += 2 * alignment_failures.STEADY_S
    assert failures.problem, "no alignment has succeeded"
    failures.succeeded()
    assert failures.problem is None and failures.count == 1
    failures.failed(AlignerFault())
    failures.succeeded()
    assert failures.problem, "it failed in this minute"
