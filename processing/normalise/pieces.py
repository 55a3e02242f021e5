"""A long sentence in pieces for the rules, so that one search of one rule stays short; knows no language.

`re` keeps the interpreter's lock while it searches. A rule takes up to 1.3 µs a character (measured: `1-1-1-`, each tried
with every unit), which is 3 ms for a piece and 65 ms for a sentence of 50,000 characters.
"""

import re
from collections.abc import Iterator

_MOST = 2_000
"""Characters. Few sentences are as long; what comes without full stops may be."""
_APART = 24
"""Characters without a figure or a capital on either side of a good cut: rules look about as far for a unit or a name."""
_LETTER = r"[^\s\d!-/:-@\[-`{-~]"


def _upto(place: str) -> str:
    """A pattern for the most characters that end at `place`, and at least half a piece."""
    return rf"(?s:.{{{_MOST // 2},{_MOST}}}){place}"


_PIECE = re.compile(
    "|".join(
        [
            rf"(?s:.{{1,{_MOST}}})\Z",
            _upto(rf"(?<=[^\dA-Z]{{{_APART}}})(?<={_LETTER})(?=\s{_LETTER}[^\dA-Z]{{{_APART}}})"),
            _upto(rf"(?<=\D{{{_APART}}})(?<={_LETTER})(?=\s{_LETTER}\D{{{_APART}}})"),
            _upto(r"(?<=\w)(?=\s)"),
            _upto(r"(?=\s)"),
            _upto(rf"(?<=\D{{{_APART}}})(?=\w\D{{{_APART}}})"),
            _upto(r"(?:(?<!\d)|(?!\d))(?=[ -~]|\w)"),
            _upto(r"(?=[ -~]|\w)"),
            rf"(?s:.{{{_MOST}}})",
        ]
    )
)
"""All that is left; else up to a space between words far from figures and capitals, far from figures, to any space; without
a space to a letter far from figures, or to any character that begins a cluster, not inside a figure if that can be."""


def pieces(sentence: str) -> Iterator[str]:
    """Yield the parts of `sentence`, in order, none above 2,000 characters; a shorter sentence is one piece.

    A cut is before the white space between two words without a figure nearby, where there is one. A space is added where
    the cut is in a figure or between a figure and a letter, whose words would run together.
    """
    if len(sentence) <= _MOST:
        yield sentence
        return
    for found in _PIECE.finditer(sentence):
        around = sentence[max(0, found.start() - 1) : found.start() + 1]
        run_together = len(around) == 2 and around.isalnum() and any(map(str.isdecimal, around))
        yield f" {found[0]}" if run_together else found[0]
