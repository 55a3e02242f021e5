"""Failures of the aligner: the speech goes on without it, and log, metrics and health tell of it."""

import time
from collections.abc import Callable

from shared.logging import get_logger

ALIGNMENT_FAILED = "the aligner failed; the speech is as it would be without it"
"""Reason why an answer has no times of words, or no further ones, and no completeness."""
STEADY_S = 60.0
"""Seconds without a failure after which the aligner counts as recovered, if an alignment has succeeded since."""

log = get_logger(__name__)


class AlignmentFailures:
    """Failures of all alignments of a process. `on_failure` is called for each, `count` is their number."""

    def __init__(self) -> None:
        self.count = 0
        self.on_failure: Callable[[], None] = _ignore
        self._latest = ""  # type of the latest error
        self._failed_at = 0.0
        self._succeeded = True  # since the latest failure

    def failed(self, error: Exception) -> None:
        """Count and log a failed alignment. The message of the error may quote the text, so the log has its type."""
        self.count += 1
        self._latest, self._failed_at, self._succeeded = type(error).__name__, time.monotonic(), False
        log.error("alignment_failed", error=self._latest)
        log.debug("alignment_fault", exc_info=error)
        self.on_failure()

    def succeeded(self) -> None:
        """Take note of an alignment that has ended without a failure."""
        self._succeeded = True

    @property
    def problem(self) -> str | None:
        """Return one line about the aligner, if it fails or failed lately."""
        if not self.count or (self._succeeded and time.monotonic() - self._failed_at > STEADY_S):
            return None
        return (
            f"the aligner fails ({self._latest}, {self.count} alignments since the start): "
            "speech goes on without times of words, and is not checked for completeness"
        )


def _ignore() -> None:
    """Do nothing about a failure."""
