"""What a comparison with a golden array came to. Knows nothing of where the arrays come from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class ArrayCheck:
    """One array of a vectors directory. `name` is its file and its name inside it; `ok`: `error` within `tolerance`.

    `error` is infinite where shapes differ or nothing could be compared, and `note` says why.
    """

    name: str
    error: float
    tolerance: float
    ok: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An ArrayCheck that has no name yet."""

    error: float
    tolerance: float
    note: str = ""

    def of(self, name: str) -> ArrayCheck:
        return ArrayCheck(name, self.error, self.tolerance, self.error <= self.tolerance, self.note)


NETWORK_ABSOLUTE = 1e-4
NETWORK_RELATIVE = 1e-5

GIVEN = Verdict(0.0, 0.0, "input")


def failed(reason: str) -> Verdict:
    """Nothing could be compared."""
    return Verdict(float("inf"), 0.0, reason)


def close(made: ArrayLike, wanted: ArrayLike, tolerance: float, note: str = "") -> Verdict:
    """The largest absolute difference. A NaN on either side is as far off as can be."""
    made, wanted = np.asarray(made), np.asarray(wanted)
    if made.shape != wanted.shape:
        return _misshapen(made, wanted)
    differences = np.abs(made.astype(np.complex128) - wanted)
    return Verdict(_largest(differences), tolerance, note)


def close_to_scale(made: ArrayLike, wanted: ArrayLike, note: str = "") -> Verdict:
    """Like `close` for values inside a float32 network, whose rounding errors grow with the values."""
    peak = _largest(np.abs(np.asarray(wanted)))
    return close(made, wanted, max(NETWORK_ABSOLUTE, NETWORK_RELATIVE * peak), note)


def equal(made: ArrayLike, wanted: ArrayLike, note: str = "") -> Verdict:
    """The number of places that differ; none may."""
    made, wanted = np.asarray(made), np.asarray(wanted)
    if made.shape != wanted.shape:
        return _misshapen(made, wanted)
    return Verdict(float(np.count_nonzero(made != wanted)), 0.0, note or "exact")


def relative_rms(made: ArrayLike, wanted: ArrayLike) -> float:
    """Root mean square of the difference over that of `wanted`; a signal-to-noise ratio of -20 log10 of it in dB."""
    made, wanted = np.asarray(made, np.float64), np.asarray(wanted, np.float64)
    if made.shape != wanted.shape:
        return float("inf")
    return _or_infinite(float(np.linalg.norm(made - wanted)) / max(float(np.linalg.norm(wanted)), 1e-30))


def _misshapen(made: Array, wanted: Array) -> Verdict:
    return failed(f"shape {list(made.shape)}, golden {list(wanted.shape)}")


def _largest(values: NDArray[np.float64]) -> float:
    return _or_infinite(float(values.max(initial=0.0)))


def _or_infinite(value: float) -> float:
    return value if np.isfinite(value) else float("inf")
