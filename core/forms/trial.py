"""Time several forms of one computation on this machine, and choose the fastest that is near enough to the reference.

Knows nothing of what the forms compute. Which form is fast depends on the processor in ways that its name does not
tell, so nothing here asks for an instruction set.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from shared.types import Samples

BOUND_DB = 30.0
"""Least distance of a form's sound from the reference's, as signal-to-noise ratio in dB. Chosen: the error is a
thousandth of the sound's power and follows its level, and bfloat16 has 32 to 34 dB at the published dimensions."""
BUDGET_S = 1.0
"""Seconds after which a trial starts no further call. Every form runs once at least, so a slow machine takes longer."""
ROUNDS = 4
"""Most rounds of calls for each size. The first one includes one-time work, so a later one replaces it."""

Run = Callable[[int], Samples]
"""A form of the computation: runs it for the size of this index."""


@dataclass(slots=True)
class _Measured:
    """Least seconds of a form for each size so far, and its least distance from the reference in dB."""

    times_s: list[float] = field(default_factory=list)
    distance_db: float = math.inf


@dataclass(frozen=True, slots=True)
class Verdict:
    """The chosen form. `gain`: times as fast as the reference. `reason`: one line."""

    name: str
    gain: float
    reason: str


def choose(
    forms: Mapping[str, Run],
    *,
    reference: str,
    sizes: Sequence[str],
    bound_db: float = BOUND_DB,
    clock: Callable[[], float] = time.perf_counter,
) -> Verdict:
    """Return the form with the least time, summed over the sizes relative to the reference.

    A form is refused if its distance from the reference is below `bound_db`, or if it is slower at any size. `sizes`
    describes the sizes in ascending order; the later ones are left out where the budget is spent. `clock` times the
    calls, in seconds: a thread's CPU time does not depend on the load of the machine.
    """
    measured = _measure(forms, reference, len(sizes), clock)
    base = measured[reference]
    count = len(base.times_s)
    gains = {name: _gain(base, one) for name, one in measured.items()}
    allowed = {
        name: gains[name]
        for name, one in measured.items()
        if name == reference
        or (one.distance_db >= bound_db and all(s < b for s, b in zip(one.times_s, base.times_s, strict=True)))
    }
    best = max(allowed, key=lambda name: allowed[name])
    findings = [_finding(name, one, gains[name], bound_db) for name, one in measured.items() if name != reference]
    compared = "; ".join(findings) or "the only form here"
    reason = f"fastest at {' and '.join(sizes[:count])} with {bound_db:g} dB or more to {reference}: {compared}"
    return Verdict(best, gains[best], reason)


def distance_db(samples: Samples, reference: Samples) -> float:
    """Return the signal-to-noise ratio in dB; infinity for equal samples."""
    noise = float(np.sum((samples.astype(np.float64) - reference) ** 2))
    signal = float(np.sum(reference.astype(np.float64) ** 2))
    if noise == 0:
        return math.inf
    return 10 * math.log10(signal / noise) if signal and math.isfinite(noise) else -math.inf


def _measure(forms: Mapping[str, Run], reference: str, sizes: int, clock: Callable[[], float]) -> dict[str, _Measured]:
    """Run all forms in turn, so that a disturbance of the machine meets each of them."""
    measured = {name: _Measured() for name in sorted(forms, key=lambda name: name != reference)}
    ends_at = time.perf_counter() + BUDGET_S
    for size in range(sizes):
        expected: Samples | None = None
        for round_ in range(ROUNDS):
            if time.perf_counter() >= ends_at and (size or round_):
                break
            for name, one in measured.items():
                begun = clock()
                samples = forms[name](size)
                took_s = clock() - begun
                expected = samples if expected is None else expected
                one.distance_db = min(one.distance_db, distance_db(samples, expected))
                _note(one.times_s, size, took_s, replace=round_ == 1)
    return measured


def _note(times_s: list[float], size: int, took_s: float, *, replace: bool) -> None:
    if len(times_s) == size:
        times_s.append(took_s)
    else:
        times_s[size] = took_s if replace else min(took_s, times_s[size])


def _gain(base: _Measured, one: _Measured) -> float:
    return len(base.times_s) / sum(s / b for s, b in zip(one.times_s, base.times_s, strict=True))


def _finding(name: str, one: _Measured, gain: float, bound_db: float) -> str:
    distance = "equal" if math.isinf(one.distance_db) and one.distance_db > 0 else f"{one.distance_db:.0f} dB"
    return f"{name} {gain:.2f} times as fast, {distance}{'' if one.distance_db >= bound_db else ' (too far)'}"
