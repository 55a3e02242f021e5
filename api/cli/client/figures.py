"""What became of many requests, in figures. Knows nothing of how they were made."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from api.cli.client.hearing import Hearing
from shared.errors import ConcurrencyLimited, ModelNotLoaded, Overloaded, RateLimited

REFUSALS = frozenset(error.code for error in (Overloaded, ModelNotLoaded, RateLimited, ConcurrencyLimited))
"""Codes of a server that works and has no room: to be tried again later."""
SHARES = (50, 95, 99)

Figures = dict[str, object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One request: what was heard, or else the code of what went wrong."""

    hearing: Hearing | None
    code: str = ""


def figures(outcomes: Sequence[Outcome], *, took_s: float) -> Figures:
    """A row of a table; times in ms, of those requests alone that were completed.

    `gap` is between two blocks; `silence` what a listener waited for in all after the first sound, 0 where nothing was
    late. `sound_per_s`: seconds of sound received a second, of all requests together.
    """
    heard = [outcome.hearing for outcome in outcomes if outcome.hearing]
    sound_s = sum(hearing.seconds or 0.0 for hearing in heard)
    codes = Counter(outcome.code for outcome in outcomes if not outcome.hearing)
    refused = sum(codes[code] for code in REFUSALS)
    second = [hearing.second_headroom_s for hearing in heard if hearing.second_headroom_s is not None]
    return {
        "requests": len(outcomes),
        "completed": len(heard),
        "refused": refused,
        "failed": len(outcomes) - len(heard) - refused,
        "codes": dict(codes),
        **_spread("first_sound_ms", (hearing.first_s for hearing in heard)),
        **_spread("audible_ms", (hearing.audible_s for hearing in heard)),
        **_spread("gap_ms", (gap_s for hearing in heard for gap_s in hearing.gaps_s)),
        "streams_with_underruns": sum(hearing.underruns > 0 for hearing in heard),
        "underruns": sum(hearing.underruns for hearing in heard),
        **_spread("silence_ms", (hearing.silent_s for hearing in heard)),
        "longest_silence_ms": _ms(max((hearing.buffer.longest_gap_s for hearing in heard), default=0.0)),
        "headroom_at_second_block_ms_p5": _ms(float(np.percentile(second, 5))) if second else None,
        "headroom_at_second_block_ms_p50": _ms(float(np.percentile(second, 50))) if second else None,
        "rtf_p50": _middle([hearing.rtf for hearing in heard if hearing.rtf is not None]),
        "took_s": round(took_s, 2),
        "sound_s": round(sound_s, 2),
        "sound_per_s": round(sound_s / took_s, 2),
    }


def _spread(name: str, values_s: Iterable[float | None]) -> dict[str, float | None]:
    known = [value for value in values_s if value is not None]
    if not known:
        return {f"{name}_p{share}": None for share in SHARES}
    found = np.percentile(known, SHARES, method="higher")
    return {f"{name}_p{share}": _ms(float(value)) for share, value in zip(SHARES, found, strict=True)}


def _middle(values: Sequence[float]) -> float | None:
    return round(float(np.median(values)), 3) if values else None


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
