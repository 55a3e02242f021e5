"""Simulated players of streams, and statistics over all of their results. Each plays from the first block on."""

import statistics
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from core.scheduling.playback import PlaybackBuffer


@dataclass(frozen=True, slots=True)
class PlaybackResult:
    """Playback of one request. Times in seconds; the defaults are those of a refused request.

    `second_headroom_s` is the buffered sound when the second block arrived, below 0 for a gap.
    """

    first_s: float | None = None
    seconds: float = 0.0
    underruns: int = 0
    longest_gap_s: float = 0.0
    second_headroom_s: float | None = None


async def play(blocks: AsyncGenerator[float, None], clock: Callable[[], float], *, asked: float) -> PlaybackResult:
    """Play a stream that was requested at `asked`; each block is given as its length in seconds."""
    buffer, first, second, seconds = PlaybackBuffer(), None, None, 0.0
    async with aclosing(blocks):
        async for block_s in blocks:
            now = clock()
            headroom_s = buffer.receive(block_s, now=now)
            seconds += block_s
            if first is None:
                first = now - asked
            elif second is None:
                second = headroom_s
    return PlaybackResult(first, seconds, buffer.underruns, buffer.longest_gap_s, second)


def summary(results: list[PlaybackResult]) -> dict[str, float | int | None]:
    """Return one row of a table over all results."""
    served = [result for result in results if result.first_s is not None]
    firsts = sorted(result.first_s * 1000 for result in served if result.first_s is not None)
    seconds = sorted(result.second_headroom_s * 1000 for result in served if result.second_headroom_s is not None)
    return {
        "requests": len(results),
        "refused": len(results) - len(served),
        "sound_s": round(sum(result.seconds for result in served), 1),
        "streams_with_a_gap": sum(result.underruns > 0 for result in served),
        "underruns": sum(result.underruns for result in served),
        "longest_gap_ms": round(max((result.longest_gap_s for result in served), default=0.0) * 1000, 1),
        "first_sound_ms_p50": _quantile(firsts, 0.5),
        "first_sound_ms_p95": _quantile(firsts, 0.95),
        "first_sound_ms_p99": _quantile(firsts, 0.99),
        "headroom_at_second_block_ms_p5": _quantile(seconds, 0.05),
        "headroom_at_second_block_ms_p50": round(statistics.median(seconds), 1) if seconds else None,
    }


def _quantile(ordered: list[float], share: float) -> float | None:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else None
