"""Rules of completeness, and the sums of an answer."""

from collections import Counter

import pytest

from core.alignment.protocol import Fault, FaultKind, Verdict
from core.completeness import Completeness, CompletenessRules, is_better
from shared.completeness_settings import CompletenessMode


def verdict(score, *kinds, tokens=5):
    return Verdict(score, tuple(Fault(kind, 10, 10 + tokens, range(1)) for kind in kinds))


@pytest.mark.parametrize(
    ("mode", "threshold", "found", "rejected"),
    [
        (CompletenessMode.RETRY, 1.0, verdict(0.9, FaultKind.OMITTED), True),
        (CompletenessMode.RETRY, 1.0, verdict(1.0, FaultKind.FOREIGN), True),
        (CompletenessMode.RETRY, 0.8, verdict(0.9, FaultKind.OMITTED), False),
        (CompletenessMode.RETRY, 1.0, verdict(1.0, FaultKind.TAIL), False),  # it is cut
        (CompletenessMode.RETRY, 1.0, verdict(1.0), False),
        (CompletenessMode.RETRY, 1.0, None, False),
        (CompletenessMode.REPORT, 1.0, verdict(0.5, FaultKind.OMITTED), False),
    ],
)
def test_rules_reject_what_another_attempt_can_mend(mode, threshold, found, rejected):
    assert CompletenessRules(mode, threshold).rejects(found) is rejected


def test_better_attempt_has_the_higher_score_then_the_shorter_faults():
    worse = verdict(0.8, FaultKind.OMITTED)
    assert is_better(verdict(0.9, FaultKind.OMITTED), worse) and not is_better(worse, worse)
    assert is_better(verdict(0.8, FaultKind.FOREIGN, tokens=2), worse)
    assert is_better(worse, None) and not is_better(None, worse)


def test_counts_of_an_answer_add_up():
    total, part = Completeness(), Completeness()
    assert total.score == 1.0
    part.record(verdict(0.5, FaultKind.OMITTED, FaultKind.TAIL), words=4, cut_tokens=30)
    part.record(verdict(1.0, FaultKind.TAIL), words=4, cut_tokens=0)
    total.add(part)
    total.add(part)
    assert (total.chunks, total.incomplete, total.babble_cut, total.cut_tokens) == (4, 4, 2, 60)
    assert total.score == 0.75 and total.faults == Counter({FaultKind.OMITTED: 2, FaultKind.TAIL: 2})
