"""Pattern of the mark: the signs of weak echoes, which change with time, keyed by a secret. Arithmetic alone.

The mark adds DELAYS echoes of the sound itself, 15 to 30 ms late and MARK_DB below it together. Each has a sign, which
is drawn anew for every chip of 256 ms: a detector with the secret adds up what the echoes do to the spectrum, and
without the secret the signs are random.
"""

from dataclasses import dataclass
from hashlib import shake_256

import numpy as np
from numpy.typing import NDArray

Signs = NDArray[np.int8]
"""Sign of each echo in each chip, 1 or -1; shape (CHIPS, DELAYS)."""

RATE = 16_000
"""Rate in Hz at which the constants below count samples."""
CHIP = 4096
"""Samples of a chip, 256 ms. Chosen: of 192, 256 and 384 ms the best mean over the attacks of the benchmark."""
CHIPS = 40
"""Chips after which the pattern repeats: 10.24 s. Chosen as long as a window of the detector."""
DELAYS = tuple(240 + (15 * n) // 2 + n * n % 5 for n in range(32))
"""Delays of the echoes in samples, 15 to 30 ms. Chosen: longer than a pitch period, where speech's cepstrum is flat;
uneven, so that the echoes add no tone."""
MARK_DB = -18.0
"""Power of all echoes together, relative to the sound. Chosen: benchmarks/mark.py measures it against masking."""
GROUPS = 16
"""Groups of echoes of a chip, each of which carries one element of the code word."""
IDS = 256
"""Number of ids that the mark can carry."""

_HALF = GROUPS // 2
_LABEL = b"veena3 mark 1\0"


def hadamard(size: int) -> Signs:
    """Return the Hadamard matrix (size, size) of 1 and -1; `size` is a power of two."""
    matrix = np.ones((1, 1), np.int8)
    while len(matrix) < size:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix


def code_word(mark_id: int) -> Signs:
    """Return the code word of an id, 0 to 255: 1 or -1 for each group, shape (GROUPS,).

    Each half of the word carries four bits: a row of the Hadamard matrix, and its sign. Two words differ in at least
    a quarter of their elements, and words of different halves in half of each.
    """
    if not 0 <= mark_id < IDS:
        raise ValueError(f"a mark carries 0 to {IDS - 1}, not {mark_id}")
    rows = hadamard(_HALF)
    halves = [rows[part & 7] * (-1 if part & 8 else 1) for part in (mark_id >> 4, mark_id & 15)]
    word: Signs = np.concatenate(halves).astype(np.int8)
    return word


@dataclass(frozen=True, slots=True, eq=False)
class MarkPattern:
    """Pattern of one secret: `signs` without an id, and the `groups` (CHIPS, DELAYS) that each echo belongs to."""

    signs: Signs
    groups: NDArray[np.intp]

    @classmethod
    def of(cls, secret: str) -> "MarkPattern":
        """Derive the pattern from a secret: the same on every machine, and with every version of the libraries."""
        cells = CHIPS * len(DELAYS)
        stream = shake_256(_LABEL + secret.encode()).digest(cells // 8 + 8 * cells)
        bits = np.unpackbits(np.frombuffer(stream[: cells // 8], np.uint8)).astype(np.int8)
        draws = np.frombuffer(stream[cells // 8 :], "<u8").reshape(CHIPS, len(DELAYS))
        ranks = np.argsort(np.argsort(draws, axis=1, kind="stable"), axis=1, kind="stable")
        return cls((2 * bits - 1).reshape(CHIPS, len(DELAYS)), ranks % GROUPS)

    def with_id(self, mark_id: int) -> Signs:
        """Return the signs that carry an id, (CHIPS, DELAYS)."""
        signs: Signs = self.signs * code_word(mark_id)[self.groups]
        return signs
