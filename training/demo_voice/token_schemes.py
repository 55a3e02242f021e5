"""Phones of a checkpoint's semantic tokens. The number of its semantic tokens tells in which scheme it was trained."""

from collections.abc import Callable, Sequence

from training.demo_voice.codes import CODE_COUNT, onsets
from training.demo_voice.phones import FRAMES_PER_PHONE, PHONES

Onsets = Callable[[Sequence[int]], list[int]]


def onsets_without_phase(tokens: Sequence[int]) -> list[int]:
    """Return the phones that tokens begin in versions up to 6: a token is a phone and the frame in it."""
    return [token // FRAMES_PER_PHONE for token in tokens if token % FRAMES_PER_PHONE == 0]


SCHEMES: dict[int, Onsets] = {len(PHONES) * FRAMES_PER_PHONE: onsets_without_phase, CODE_COUNT: onsets}
"""Number of semantic tokens -> reader of the phones that codes begin, as indices of PHONES."""


def phones_of(answer: Sequence[int], table: Sequence[int]) -> list[int]:
    """Return the phones of an answer's token ids; none if the scheme is not known.

    `table` gives the code of each id, below 0 for other tokens.
    """
    scheme = SCHEMES.get(max(table) + 1)
    return scheme([table[token] for token in answer if table[token] >= 0]) if scheme else []
