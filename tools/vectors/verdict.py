"""Results of comparisons with golden arrays. Knows nothing of where the arrays come from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class ArrayCheck:
    """Check of one array. `name` is its file and its name in the file; `ok`: `error` is within `tolerance`.

    `error` is infinite if shapes differ or nothing could be compared; `note` then gives the reason.
    """

    name: str
    error: float
    tolerance: float
    ok: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """ArrayCheck without a name."""

    error: float
    tolerance: float
    note: str = ""

    def of(self, name: str) -> ArrayCheck:
        """Return the check of the array with this name."""
        return ArrayCheck(name, self.error, self.tolerance, self.error <= self.tolerance, self.note)


NETWORK_ABSOLUTE = 1e-4
"""Largest tolerated difference inside a float32 network."""
NETWORK_RELATIVE = 1e-5
"""The same relative to the largest value, where that is more."""

INPUT = Verdict(0.0, 0.0, "input")


def failed(reason: str) -> Verdict:
    """Return the verdict of an array that could not be compared."""
    return Verdict(float("inf"), 0.0, reason)


def close(actual: ArrayLike, expected: ArrayLike, tolerance: float, note: str = "") -> Verdict:
    """Compare by the largest absolute difference. A NaN on either side counts as infinite."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    if actual.shape != expected.shape:
        return _shape_mismatch(actual, expected)
    differences = np.abs(actual.astype(np.complex128) - expected)
    return Verdict(_largest(differences), tolerance, note)


def close_at_scale(actual: ArrayLike, expected: ArrayLike, note: str = "") -> Verdict:
    """Compare values inside a float32 network, whose rounding errors grow with the values."""
    peak = _largest(np.abs(np.asarray(expected)))
    return close(actual, expected, max(NETWORK_ABSOLUTE, NETWORK_RELATIVE * peak), note)


def equal(actual: ArrayLike, expected: ArrayLike, note: str = "") -> Verdict:
    """Compare by the number of positions that differ, which must be 0."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    if actual.shape != expected.shape:
        return _shape_mismatch(actual, expected)
    return Verdict(float(np.count_nonzero(actual != expected)), 0.0, note or "exact")


def relative_rms(actual: ArrayLike, expected: ArrayLike) -> float:
    """Return the root mean square of the difference over that of `expected`: an SNR of -20 log10 of it, in dB."""
    actual, expected = np.asarray(actual, np.float64), np.asarray(expected, np.float64)
    if actual.shape != expected.shape:
        return float("inf")
    return _or_infinite(float(np.linalg.norm(actual - expected)) / max(float(np.linalg.norm(expected)), 1e-30))


def _shape_mismatch(actual: Array, expected: Array) -> Verdict:
    return failed(f"shape {list(actual.shape)}, golden {list(expected.shape)}")


def _largest(values: NDArray[np.float64]) -> float:
    return _or_infinite(float(values.max(initial=0.0)))


def _or_infinite(value: float) -> float:
    return value if np.isfinite(value) else float("inf")
