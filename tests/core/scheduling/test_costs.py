import pytest

from core.scheduling.costs import EWMA_ALPHA, LONGEST_DECAY, DecodeCosts


def test_first_batch_is_ignored_and_later_ones_are_averaged():
    seen = []
    costs = DecodeCosts(seen.append)
    costs.observe(jobs=1, wait_s=9.0, run_s=9.0, size=1)
    assert (costs.wait_s, costs.unit_s, costs.latency_s(10)) == (0, 0, 0)
    costs.observe(jobs=2, wait_s=0.5, run_s=0.4, size=4)
    assert costs.unit_s == pytest.approx(0.1) and costs.wait_s == pytest.approx(0.5 * EWMA_ALPHA)
    costs.observe(jobs=1, wait_s=None, run_s=0.2, size=1)
    assert costs.unit_s == pytest.approx(0.1 + EWMA_ALPHA * 0.1)
    assert costs.latency_s(2) == pytest.approx(costs.wait_s + 2 * costs.unit_s)
    assert seen == [1, 2, 1]


def test_longest_batch_is_forgotten_slowly():
    costs = DecodeCosts()
    for run_s in (9.0, 0.1, 0.4, 0.1):
        costs.observe(jobs=1, wait_s=None, run_s=run_s, size=1)
    assert costs.batch_s == pytest.approx(0.4 * (1 - LONGEST_DECAY))
