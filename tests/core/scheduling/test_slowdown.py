import pytest

from core.scheduling.slowdown import SlowdownModel


def test_half_of_the_cost_scales_until_two_loads_are_observed():
    slowdown = SlowdownModel()
    slowdown.observe(2, 1 / 0.12)
    assert slowdown.ratio(2, 4) == pytest.approx(2 / 3)


def test_line_is_fitted_and_old_observations_decay():
    slowdown = SlowdownModel()
    for streams in (1, 2, 3, 4, 8):
        slowdown.observe(streams, 1 / (0.1 + 0.01 * streams))
    assert slowdown.ratio(10, 40) == pytest.approx(0.2 / 0.5, rel=0.01)
    for streams in (10, 20, 30) * 200:
        slowdown.observe(streams, 4.0)
    assert slowdown.ratio(30, 300) == pytest.approx(1, abs=0.02)
