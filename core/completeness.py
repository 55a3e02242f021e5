"""Completeness of what is heard: whether each chunk was spoken as its text says. Data and arithmetic only."""

from collections import Counter
from dataclasses import dataclass, field

from core.alignment.protocol import FaultKind, Verdict
from shared.completeness_settings import CompletenessMode


@dataclass(frozen=True, slots=True)
class CompletenessRules:
    """Consequences of verdicts: `report` counts faults alone, `retry` also mends them.

    A chunk with a fault and a score of at most `threshold` is generated again where that is possible before it is
    heard.
    """

    mode: CompletenessMode = CompletenessMode.OFF
    threshold: float = 1.0

    @property
    def judges(self) -> bool:
        return self.mode is not CompletenessMode.OFF

    @property
    def mends(self) -> bool:
        return self.mode is CompletenessMode.RETRY

    def rejects(self, verdict: Verdict | None) -> bool:
        """Report whether the chunk should be generated again. A tail alone is cut, and needs no other attempt."""
        return self.mends and verdict is not None and bool(lasting(verdict)) and verdict.score <= self.threshold


UNJUDGED = CompletenessRules()
"""Rules of a service that judges nothing."""


def lasting(verdict: Verdict) -> Counter[FaultKind]:
    """Return the number of faults of each kind, without the tails, which can be cut."""
    return Counter(fault.kind for fault in verdict.faults if fault.kind is not FaultKind.TAIL)


def is_better(verdict: Verdict | None, other: Verdict | None) -> bool:
    """Report whether an attempt is better than an `other` one: by its score, then by the length of its faults."""
    return verdict is not None and (other is None or _quality(verdict) > _quality(other))


def _quality(verdict: Verdict) -> tuple[float, int]:
    return verdict.score, -sum(fault.end - fault.start for fault in verdict.faults if fault.kind is not FaultKind.TAIL)


@dataclass(slots=True)
class Completeness:
    """Completeness of one answer.

    `chunks`: those judged, and heard; `faults`: of these, by kind, without tails that were cut; `babble_cut`: those
    tails, and `cut_tokens`, their tokens. `retried`: chunks that were generated again, `retry_tokens`: the tokens
    that this took. `words` and `spoken` give the share of the words that were spoken once and in order.
    """

    chunks: int = 0
    words: int = 0
    spoken: float = 0.0
    faults: Counter[FaultKind] = field(default_factory=Counter)
    incomplete: int = 0
    babble_cut: int = 0
    cut_tokens: int = 0
    retried: int = 0
    retry_tokens: int = 0

    def add(self, other: "Completeness") -> None:
        """Add the counts of another answer."""
        self.chunks += other.chunks
        self.words += other.words
        self.spoken += other.spoken
        self.faults += other.faults
        self.incomplete += other.incomplete
        self.babble_cut += other.babble_cut
        self.cut_tokens += other.cut_tokens
        self.retried += other.retried
        self.retry_tokens += other.retry_tokens

    @property
    def score(self) -> float:
        """Return the share of the words that were spoken once and in order; 1 where there are none."""
        return self.spoken / self.words if self.words else 1.0

    def record(self, verdict: Verdict, *, words: int, cut_tokens: int) -> None:
        """Count a chunk whose sound is given. `cut_tokens`: tokens of its tail that were not decoded."""
        faults = Counter(fault.kind for fault in verdict.faults)
        if cut_tokens:
            self.babble_cut += 1
            self.cut_tokens += cut_tokens
            del faults[FaultKind.TAIL]
        self.chunks += 1
        self.words += words
        self.spoken += verdict.score * words
        self.faults += faults
        self.incomplete += bool(faults)
