"""Retry the generation of a text chunk that fails or is incomplete. Knows nothing of tokens, windows or scheduling."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

from core.alignment.protocol import Verdict
from core.completeness import UNJUDGED, CompletenessRules, is_better
from core.request_state import RequestState
from core.withholding import Blocks
from shared.errors import GenerationError
from shared.types import Pcm

RETRY_SEED_SHIFT = 2**31
"""Added to the sampling seed of the second attempt. Half of the seed's range: far from the seeds of other chunks, which
count up from the first."""

Withholding = Callable[[Blocks], AbstractAsyncContextManager[tuple[Blocks, bool]]]
"""Way to withhold the sound of an attempt: gives its blocks, and whether it has ended (core/withholding.py)."""


class Attempt(Protocol):
    """One attempt at a chunk. `verdict` is known when its sound has ended; None: nothing judges it."""

    @property
    def verdict(self) -> Verdict | None: ...

    def sound(self) -> Blocks:
        """Generate the sound. Called once."""
        ...


A = TypeVar("A", bound=Attempt)


async def with_retry(
    attempt: Callable[[int], A],
    request: RequestState,
    *,
    withholding: Withholding,
    choose: Callable[[A], None],
    rules: CompletenessRules = UNJUDGED,
    without_transcript: Callable[[int], A] | None = None,
) -> AsyncGenerator[Pcm, None]:
    """Yield the sound of `attempt(seed_shift)`; retry once, with another seed, where it raises GenerationError.

    `without_transcript` is the last resort of a cloned voice that has one: a wrong transcript ends in no speech, or in
    babble. A stream is retried only before its first sound. A file's sound is yielded once the attempt has succeeded,
    so each failure of a file is retried. Raises what the last attempt raises.

    A first attempt that has ended while it was withheld, and that `rules` reject, is retried as well. The better one of
    the two is yielded: the first one where the second fails, or cannot be withheld to its end. `choose` is called with
    the attempt that is heard, before its first block is yielded.
    """
    attempts = [(attempt, 0), (attempt, RETRY_SEED_SHIFT)]
    if without_transcript:
        attempts.append((without_transcript, 0))
    rejected: tuple[A, Blocks] | None = None
    for n, (generate, seed_shift) in enumerate(attempts, 1):
        emitted = False
        newest = generate(seed_shift)
        request.without_transcript |= generate is without_transcript
        try:
            async with withholding(newest.sound()) as (blocks, ended):
                if n == 1 and ended and rules.rejects(newest.verdict):
                    rejected = newest, blocks
                elif rejected is None or (ended and is_better(newest.verdict, rejected[0].verdict)):
                    choose(newest)
                    async for block in blocks:
                        emitted = True
                        yield block
                    return
        except GenerationError:
            if emitted or (n == len(attempts) and rejected is None):
                raise
        if rejected and n > 1:
            break
        request.retries += 1
    assert rejected, "without a rejected attempt, the last one returns or raises"
    choose(rejected[0])
    async for block in rejected[1]:
        yield block
