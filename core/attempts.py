"""Retry the generation of one text chunk. Knows nothing of tokens, windows or scheduling."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from core.request_state import RequestState
from shared.errors import GenerationError
from shared.types import Pcm

RETRY_SEED_SHIFT = 2**31
"""Added to the sampling seed of the second attempt. Half of the seed's range: far from the seeds of other chunks, which
count up from the first."""


async def with_retry(
    attempt: Callable[[int], AsyncGenerator[Pcm, None]],
    request: RequestState,
    *,
    streaming: bool,
    without_transcript: Callable[[int], AsyncGenerator[Pcm, None]] | None = None,
) -> AsyncGenerator[Pcm, None]:
    """Yield the sound of `attempt(seed_shift)`; retry once, with another seed, where it raises GenerationError.

    `without_transcript` is the last resort of a cloned voice that has one: a wrong transcript ends in no speech, or in
    babble. A stream is retried only before its first sound. A file's sound is yielded once the attempt has succeeded,
    so each failure of a file is retried. Raises what the last attempt raises.
    """
    attempts = [(attempt, 0), (attempt, RETRY_SEED_SHIFT)]
    if without_transcript:
        attempts.append((without_transcript, 0))
    for n, (generate, seed_shift) in enumerate(attempts, 1):
        emitted = False
        sound = generate(seed_shift)
        request.without_transcript |= generate is without_transcript
        try:
            async with aclosing(sound if streaming else _buffered(sound)) as blocks:
                async for block in blocks:
                    emitted = True
                    yield block
            return
        except GenerationError:
            if emitted or n == len(attempts):
                raise
            request.retries += 1


async def _buffered(blocks: AsyncGenerator[Pcm, None]) -> AsyncGenerator[Pcm, None]:
    """Yield the blocks once all of them are available."""
    async with aclosing(blocks):
        buffered = [block async for block in blocks]
    for block in buffered:
        yield block
