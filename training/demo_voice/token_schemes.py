"""Phones of a checkpoint's semantic tokens. The number of its semantic tokens tells in which scheme it was trained."""

from collections.abc import Callable, Sequence

from training.demo_voice import codes
from training.intonation import codes as codes_with_phase

Onsets = Callable[[Sequence[int]], list[int]]

SCHEMES: dict[int, Onsets] = {
    codes.CODE_COUNT: codes.onsets,
    codes_with_phase.CODE_COUNT: codes_with_phase.onsets,
}
"""Number of semantic tokens -> reader of the phones that codes begin, as indices of PHONES."""


def phones_of(answer: Sequence[int], table: Sequence[int]) -> list[int]:
    """Return the phones of an answer's token ids; none if the scheme is not known.

    `table` gives the code of each id, below 0 for other tokens.
    """
    onsets = SCHEMES.get(max(table) + 1)
    return onsets([table[token] for token in answer if table[token] >= 0]) if onsets else []
