"""Stop a model that has lost the thread. Knows nothing of text or sound."""

from collections.abc import Iterable

from shared.errors import SpeechLooped
from shared.types import GlobalTokens, SpeechTokens

LONGEST_HOLD = 150  # tokens: 3 s of one and the same sound, or of silence
LONGEST_LOOP = 400  # tokens: 8 s of a pattern that comes back and back
LONGEST_PATTERN = 60  # tokens
CHECK_EVERY = 50  # tokens


class LoopGuard:
    """Pass tokens on until they are one sound held too long, or one pattern repeated too long. Raises SpeechLooped.

    A text may well say the same word eight times; no text takes 8 s of exactly the same codes over and over.
    """

    def __init__(self) -> None:
        self._recent: list[int] = []
        self._unchecked = 0

    def feed(self, item: GlobalTokens | SpeechTokens) -> Iterable[GlobalTokens | SpeechTokens]:
        if isinstance(item, SpeechTokens):
            self._recent += item.ids
            self._unchecked += len(item.ids)
            if self._unchecked >= CHECK_EVERY:
                self._check()
        return (item,)

    def finish(self) -> Iterable[GlobalTokens | SpeechTokens]:
        return ()

    def _check(self) -> None:
        self._unchecked = 0
        del self._recent[:-LONGEST_LOOP]
        recent = self._recent
        held = recent[-LONGEST_HOLD:]
        if len(held) == LONGEST_HOLD and held.count(held[0]) == LONGEST_HOLD:
            raise SpeechLooped("the model held one sound, or was silent, for too long")
        if len(recent) < LONGEST_LOOP:
            return
        for period in range(2, LONGEST_PATTERN + 1):
            if recent[period:] == recent[:-period]:
                raise SpeechLooped("the model repeated itself and found no end")
