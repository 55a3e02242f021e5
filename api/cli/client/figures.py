"""Figures over the results of many requests. Knows nothing of how the requests were made."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from api.cli.client.playback import StreamPlayback
from shared.errors import ConcurrencyLimited, ModelNotLoaded, Overloaded, RateLimited

REFUSALS = frozenset(error.code for error in (Overloaded, ModelNotLoaded, RateLimited, ConcurrencyLimited))
"""Error codes of a healthy server that has no capacity left; the request may be tried again later."""
PERCENTILES = (50, 95, 99)

Figures = dict[str, object]


@dataclass(frozen=True, slots=True)
class RequestResult:
    """Result of one request: its playback, or else the error code."""

    playback: StreamPlayback | None
    code: str = ""


def figures(results: Sequence[RequestResult], *, took_s: float) -> Figures:
    """Return a row of a table. Times are in ms, of the completed requests only.

    `gap` is the time between two blocks, `silence` all silence of a stream after its first sound, 0 when no block was
    late. `sound_per_s` is seconds of sound received per second, over all requests.
    """
    played = [result.playback for result in results if result.playback]
    sound_s = sum(one.seconds or 0.0 for one in played)
    codes = Counter(result.code for result in results if not result.playback)
    refused = sum(codes[code] for code in REFUSALS)
    second = [one.second_headroom_s for one in played if one.second_headroom_s is not None]
    return {
        "requests": len(results),
        "completed": len(played),
        "refused": refused,
        "failed": len(results) - len(played) - refused,
        "codes": dict(codes),
        **_percentiles("first_sound_ms", (one.first_s for one in played)),
        **_percentiles("audible_ms", (one.audible_s for one in played)),
        **_percentiles("gap_ms", (gap_s for one in played for gap_s in one.gaps_s)),
        "streams_with_underruns": sum(one.underruns > 0 for one in played),
        "underruns": sum(one.underruns for one in played),
        **_percentiles("silence_ms", (one.silent_s for one in played)),
        "longest_silence_ms": _ms(max((one.buffer.longest_gap_s for one in played), default=0.0)),
        "headroom_at_second_block_ms_p5": _ms(float(np.percentile(second, 5))) if second else None,
        "headroom_at_second_block_ms_p50": _ms(float(np.percentile(second, 50))) if second else None,
        "rtf_p50": _median([one.rtf for one in played if one.rtf is not None]),
        "took_s": round(took_s, 2),
        "sound_s": round(sound_s, 2),
        "sound_per_s": round(sound_s / took_s, 2),
    }


def _percentiles(name: str, values_s: Iterable[float | None]) -> dict[str, float | None]:
    known = [value for value in values_s if value is not None]
    if not known:
        return {f"{name}_p{percent}": None for percent in PERCENTILES}
    found = np.percentile(known, PERCENTILES, method="higher")
    return {f"{name}_p{percent}": _ms(float(value)) for percent, value in zip(PERCENTILES, found, strict=True)}


def _median(values: Sequence[float]) -> float | None:
    return round(float(np.median(values)), 3) if values else None


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
