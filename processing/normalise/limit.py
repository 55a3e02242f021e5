"""Limit of the length of a text's spoken form.

Guarantee: the spoken form has at most `spoken_limit` characters, and at most one section above that is held.
"""

from shared.errors import TextTooLong

_PER_CHARACTER = 8
"""Spoken characters for each written one. Digits one by one take 5 (English) to 6 (Telugu), lists of amounts and units up
to 7.5; only signs, powers and lexicons take more."""
_BASE = 2_000
"""Spoken characters allowed to a text of any length: about eight lexicon entries of the longest kind."""


def spoken_limit(written: int) -> int:
    """Return the limit of the spoken form, in characters, for `written` characters."""
    return _PER_CHARACTER * written + _BASE


class SpokenLength:
    """Length of the spoken form of a text of `written` characters, counted while it is built.

    `plain` is the length of the text after the clean-up, `kept` that of the tags and lexicon entries. Raises TextTooLong.
    """

    def __init__(self, *, written: int, plain: int, kept: int) -> None:
        self._written, self._plain, self._kept = written, plain, kept
        self._read = 0
        self._spoken = 0
        self._check()

    def add(self, *, read: int, spoken: int) -> None:
        """Count `spoken` characters, made from `read` plain ones. Raises TextTooLong above the limit."""
        self._read += read
        self._spoken += spoken
        self._check()

    def _check(self) -> None:
        limit = spoken_limit(self._written)
        if self._kept + self._spoken <= limit:
            return
        whole = self._kept + self._spoken * self._plain // max(1, self._read)
        raise TextTooLong(
            f"text: {self._written} characters become about {whole} when they are spoken; the limit is {limit}",
            details={"field": "text", "spoken": whole, "limit": limit},
        )
