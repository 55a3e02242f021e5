"""Detect a model that repeats itself without end. Knows nothing of text or sound."""

from collections.abc import Iterable

from shared.errors import SpeechLooped
from shared.types import SpeechTokens

MAX_CONSTANT_TOKENS = 150
"""Tokens (20 ms each) of one repeated code that are too many: 3 s. Chosen longer than any sound or silence within a
sentence."""
MAX_PATTERN_TOKENS = 400
"""Tokens of an exactly repeating pattern that are too many: 8 s. A text may repeat a word, but no text was seen to give
the same codes for so long."""
MAX_PERIOD_TOKENS = 60
"""Longest pattern that is searched for, in tokens: 1.2 s. Chosen: about the length of a repeated word or phrase."""
CHECK_INTERVAL = 50
"""Tokens between two checks: 1 s. A check costs as much as parsing some hundred tokens."""


class LoopGuard:
    """Stage that passes tokens on. Raises SpeechLooped once one code or one pattern is repeated for too long."""

    def __init__(self) -> None:
        self._recent: list[int] = []
        self._unchecked = 0

    def feed(self, tokens: SpeechTokens) -> Iterable[SpeechTokens]:
        self._recent += tokens.ids
        self._unchecked += len(tokens.ids)
        if self._unchecked >= CHECK_INTERVAL:
            self._check()
        return (tokens,)

    def finish(self) -> Iterable[SpeechTokens]:
        return ()

    def _check(self) -> None:
        self._unchecked = 0
        del self._recent[:-MAX_PATTERN_TOKENS]
        recent = self._recent
        held = recent[-MAX_CONSTANT_TOKENS:]
        if len(held) == MAX_CONSTANT_TOKENS and held.count(held[0]) == MAX_CONSTANT_TOKENS:
            raise SpeechLooped("the model generated one sound, or silence, for too long")
        if len(recent) < MAX_PATTERN_TOKENS:
            return
        for period in range(2, MAX_PERIOD_TOKENS + 1):
            if recent[period:] == recent[:-period]:
                raise SpeechLooped("the model repeated itself without end")
