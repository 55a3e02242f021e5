"""How long the spoken form of a text may be; knows no language.

Guarantee: the spoken form has at most `spoken_limit` characters, and at most one piece above that is ever held.
"""

from shared.errors import TextTooLong

_PER_CHARACTER = 8
"""Spoken characters for a written one. Digits one by one take 5 (English) to 6 (Telugu), lists of amounts and units up to
7.5; only signs, powers and lexicons take more."""
_ALWAYS = 2_000
"""Spoken characters that a text of any length may have: eight entries of a lexicon at their longest."""


def spoken_limit(written: int) -> int:
    """The most characters that the spoken form of `written` characters may have."""
    return _PER_CHARACTER * written + _ALWAYS


class SpokenLength:
    """Counts the spoken form of a text of `written` characters while it is made.

    `plain` is the length of the text without decoration, `kept` that of the tags and lexicon entries spoken as they stand.
    Raises TextTooLong, as `add` does.
    """

    def __init__(self, *, written: int, plain: int, kept: int) -> None:
        self._written, self._plain, self._kept = written, plain, kept
        self._read = 0
        self._spoken = 0
        self._check()

    def add(self, *, read: int, spoken: int) -> None:
        """Count `spoken` characters, which `read` plain ones became. Raises TextTooLong above the limit."""
        self._read += read
        self._spoken += spoken
        self._check()

    def _check(self) -> None:
        limit = spoken_limit(self._written)
        if self._kept + self._spoken <= limit:
            return
        whole = self._kept + self._spoken * self._plain // max(1, self._read)
        raise TextTooLong(
            f"text: {self._written} characters become about {whole} as they are spoken; at most {limit} are",
            details={"field": "text", "spoken": whole, "limit": limit},
        )
