"""Whether a neighbour that has failed is worth asking again. Knows nothing of what is asked."""

import time


class Breaker:
    """After a failure nobody asks for `pause_s`; then one does, and the others follow once that one was answered."""

    def __init__(self, *, pause_s: float) -> None:
        self._pause_s = pause_s
        self._again_at: float | None = None

    @property
    def broken(self) -> bool:
        """The last question was not answered."""
        return self._again_at is not None

    def allows(self) -> bool:
        """Whether to ask now. Who is told so says afterwards how it went."""
        if self._again_at is None:
            return True
        now = time.monotonic()
        if now < self._again_at:
            return False
        self._again_at = now + self._pause_s
        return True

    def failed(self) -> None:
        self._again_at = time.monotonic() + self._pause_s

    def worked(self) -> None:
        self._again_at = None
