"""Sections of a long sentence, so that each search of a rule's pattern stays short.

`re` holds the interpreter's lock while it searches. A rule takes up to 1.3 µs a character (measured with `1-1-1-`, which
is tried with every unit): 3 ms for a section, 65 ms for a sentence of 50,000 characters.
"""

import re
from collections.abc import Iterator

_MAX_CHARACTERS = 2_000
"""Characters of a section. Few sentences are longer; text without full stops may be."""
_CONTEXT = 24
"""Characters without a figure or a capital on either side of a good cut: about as far as rules look for a unit or a name."""
_LETTER = r"[^\s\d!-/:-@\[-`{-~]"


def _upto(place: str) -> str:
    """Return a pattern for the longest section that ends at `place`, at least half a section."""
    return rf"(?s:.{{{_MAX_CHARACTERS // 2},{_MAX_CHARACTERS}}}){place}"


_SECTION = re.compile(
    "|".join(
        [
            rf"(?s:.{{1,{_MAX_CHARACTERS}}})\Z",
            _upto(rf"(?<=[^\dA-Z]{{{_CONTEXT}}})(?<={_LETTER})(?=\s{_LETTER}[^\dA-Z]{{{_CONTEXT}}})"),
            _upto(rf"(?<=\D{{{_CONTEXT}}})(?<={_LETTER})(?=\s{_LETTER}\D{{{_CONTEXT}}})"),
            _upto(r"(?<=\w)(?=\s)"),
            _upto(r"(?=\s)"),
            _upto(rf"(?<=\D{{{_CONTEXT}}})(?=\w\D{{{_CONTEXT}}})"),
            _upto(r"(?:(?<!\d)|(?!\d))(?=[ -~]|\w)"),
            _upto(r"(?=[ -~]|\w)"),
            rf"(?s:.{{{_MAX_CHARACTERS}}})",
        ]
    )
)
"""Next section, ending in the first of these places that exists: the end of the text; a space between words far from figures
and capitals; one far from figures; one behind a word; any space; a letter far from figures; a character that begins a
cluster, outside a figure; any such character."""


def sections(sentence: str) -> Iterator[str]:
    """Yield the sections of `sentence`, in order, each of at most 2,000 characters.

    A cut is before white space between two words far from figures, if there is any. A cut in a figure, or between a
    figure and a letter, adds a space, because the words would run together.
    """
    if len(sentence) <= _MAX_CHARACTERS:
        yield sentence
        return
    for found in _SECTION.finditer(sentence):
        around = sentence[max(0, found.start() - 1) : found.start() + 1]
        run_together = len(around) == 2 and around.isalnum() and any(map(str.isdecimal, around))
        yield f" {found[0]}" if run_together else found[0]
