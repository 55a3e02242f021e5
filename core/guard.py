"""Stop a model that repeats itself without end. Knows nothing of text or sound."""

from collections.abc import Iterable

from shared.errors import SpeechLooped
from shared.types import SpeechTokens

MAX_HOLD = 150
"""Tokens (20 ms each) of one and the same code, 3 s: longer than any sound or silence within a sentence."""
MAX_LOOP = 400
"""Tokens of an exactly repeating pattern, 8 s. A text may repeat a word; no text gives the same codes for so long."""
MAX_PERIOD = 60
"""Longest pattern that is searched for, in tokens."""
CHECK_EVERY = 50
"""Tokens between two checks: a check costs as much as parsing some hundred tokens."""


class LoopGuard:
    """Pass tokens on. Raises SpeechLooped once one code is held, or one pattern is repeated, for too long."""

    def __init__(self) -> None:
        self._recent: list[int] = []
        self._unchecked = 0

    def feed(self, tokens: SpeechTokens) -> Iterable[SpeechTokens]:
        self._recent += tokens.ids
        self._unchecked += len(tokens.ids)
        if self._unchecked >= CHECK_EVERY:
            self._check()
        return (tokens,)

    def finish(self) -> Iterable[SpeechTokens]:
        return ()

    def _check(self) -> None:
        self._unchecked = 0
        del self._recent[:-MAX_LOOP]
        recent = self._recent
        held = recent[-MAX_HOLD:]
        if len(held) == MAX_HOLD and held.count(held[0]) == MAX_HOLD:
            raise SpeechLooped("the model held one sound, or was silent, for too long")
        if len(recent) < MAX_LOOP:
            return
        for period in range(2, MAX_PERIOD + 1):
            if recent[period:] == recent[:-period]:
                raise SpeechLooped("the model repeated itself and found no end")
