"""What listeners hear of answers: each plays from its first block on. Figures over all of it."""

import statistics
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from core.scheduling.playback import PlaybackBuffer


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as its listener knows it. Times in seconds; `first_s` and what follows are None where it was refused.

    `second_headroom_s`: the sound that was in hand when the second block came, below 0 for a gap.
    """

    first_s: float | None = None
    seconds: float = 0.0
    underruns: int = 0
    longest_gap_s: float = 0.0
    second_headroom_s: float | None = None


async def listen(blocks: AsyncGenerator[float, None], clock: Callable[[], float], *, asked: float) -> Heard:
    """Play a stream of blocks, each given as its length in seconds, that was asked for at `asked`."""
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
    return Heard(first, seconds, buffer.underruns, buffer.longest_gap_s, second)


def summary(heard: list[Heard]) -> dict[str, float | int | None]:
    """A row of a table."""
    served = [one for one in heard if one.first_s is not None]
    firsts = sorted(one.first_s * 1000 for one in served if one.first_s is not None)
    seconds = sorted(one.second_headroom_s * 1000 for one in served if one.second_headroom_s is not None)
    return {
        "requests": len(heard),
        "refused": len(heard) - len(served),
        "sound_s": round(sum(one.seconds for one in served), 1),
        "streams_with_a_gap": sum(one.underruns > 0 for one in served),
        "underruns": sum(one.underruns for one in served),
        "longest_gap_ms": round(max((one.longest_gap_s for one in served), default=0.0) * 1000, 1),
        "first_sound_ms_p50": _at(firsts, 0.5),
        "first_sound_ms_p95": _at(firsts, 0.95),
        "first_sound_ms_p99": _at(firsts, 0.99),
        "headroom_at_second_block_ms_p5": _at(seconds, 0.05),
        "headroom_at_second_block_ms_p50": round(statistics.median(seconds), 1) if seconds else None,
    }


def _at(ordered: list[float], share: float) -> float | None:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else None
