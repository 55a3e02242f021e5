import numpy as np
import pytest

from core.attempts import RETRY_SEED_SHIFT, with_retry
from core.request_state import Arrival, RequestState
from core.withholding import passing, withholding_all
from shared.errors import GenerationError, RuntimeDead
from shared.types import Pcm, Sampling, Utterance, Voice


class Attempts:
    """Attempts of four blocks. `failures` holds, for each attempt, the block before which it raises the error."""

    def __init__(self, *failures, error=GenerationError):
        self.failures, self.error = list(failures), error
        self.shifts, self.closed, self.yielded = [], 0, 0

    verdict = None

    def __call__(self, seed_shift):
        self.shifts.append(seed_shift)
        self.fail_at = self.failures.pop(0) if self.failures else None
        return self

    async def sound(self):
        fail_at = self.fail_at
        try:
            for n in range(4):
                if n == fail_at:
                    raise self.error("failed")
                self.yielded += 1
                yield Pcm(np.full(1, n, np.float32), 16_000)
        finally:
            self.closed += 1


WITHHOLDING = {True: passing, False: withholding_all}


def spoken(attempts, request, *, streaming, **more):
    return with_retry(attempts, request, withholding=WITHHOLDING[streaming], choose=lambda _: None, **more)


def new_request():
    return RequestState(Arrival("request", 0.0), Utterance("Hello.", Voice("v", "V"), Sampling(), 16_000))


async def numbers_of(attempts, request, *, streaming):
    return [int(block.samples[0]) async for block in spoken(attempts, request, streaming=streaming)]


@pytest.mark.parametrize("streaming", [True, False])
async def test_successful_attempt_is_passed_on_unchanged(streaming):
    attempts, request = Attempts(), new_request()
    assert await numbers_of(attempts, request, streaming=streaming) == [0, 1, 2, 3]
    assert (attempts.shifts, attempts.closed, request.retries) == ([0], 1, 0)


@pytest.mark.parametrize(("streaming", "fail_at"), [(True, 0), (False, 0), (False, 3)])
async def test_failure_before_the_first_yield_is_retried_once(streaming, fail_at):
    attempts, request = Attempts(fail_at), new_request()
    assert await numbers_of(attempts, request, streaming=streaming) == [0, 1, 2, 3]
    assert (attempts.shifts, attempts.closed, request.retries) == ([0, RETRY_SEED_SHIFT], 2, 1)


@pytest.mark.parametrize(
    ("failures", "streaming", "error", "count"),
    [
        ([2], True, GenerationError, 1),  # sound was emitted already
        ([0, 0], True, GenerationError, 2),
        ([3, 3], False, GenerationError, 2),
        ([0], False, RuntimeDead, 1),  # the engine has failed, so a second attempt would fail too
    ],
)
async def test_other_failures_are_raised(failures, streaming, error, count):
    attempts = Attempts(*failures, error=error)
    with pytest.raises(error):
        await numbers_of(attempts, new_request(), streaming=streaming)
    assert len(attempts.shifts) == attempts.closed == count


async def test_file_is_emitted_only_when_the_attempt_has_succeeded():
    attempts = Attempts()
    blocks = spoken(attempts, new_request(), streaming=False)
    await anext(blocks)
    assert attempts.yielded == 4
    await blocks.aclose()


async def test_closing_a_stream_early_closes_its_attempt():
    attempts = Attempts()
    blocks = spoken(attempts, new_request(), streaming=True)
    await anext(blocks)
    await blocks.aclose()
    assert (attempts.yielded, attempts.closed) == (1, 1)


@pytest.mark.parametrize("streaming", [True, False])
async def test_cloned_voice_is_tried_without_its_transcript_last(streaming):
    attempts, without, request = Attempts(0, 0), Attempts(), new_request()
    sound = spoken(attempts, request, streaming=streaming, without_transcript=without)
    assert [int(block.samples[0]) async for block in sound] == [0, 1, 2, 3]
    assert (attempts.shifts, without.shifts) == ([0, RETRY_SEED_SHIFT], [0])
    assert request.retries == 2 and request.without_transcript
    working, request = Attempts(0), new_request()
    sound = spoken(working, request, streaming=streaming, without_transcript=without)
    assert len([block async for block in sound]) == 4
    assert without.shifts == [0] and not request.without_transcript
    failing = spoken(Attempts(0, 0), new_request(), streaming=streaming, without_transcript=Attempts(0))
    with pytest.raises(GenerationError):
        await anext(failing)
