"""The arithmetic alone; test_meter.py compares it with the library's own counting."""

import math

from hypothesis import given
from hypothesis import strategies as st

from services.accounts.limits.sliding_window import PERIOD_S, SlidingWindowCounter


@st.composite
def windows(draw):
    """Draw windows as both stores give them: `before` ends with this minute, `now` one minute later."""
    left = draw(st.floats(0.01, PERIOD_S))
    before, now = draw(st.integers(0, 500)), draw(st.integers(0, 500))
    return SlidingWindowCounter(before, left if before else 0.0, now, left + PERIOD_S if now else 0.0)


@given(windows(), st.integers(1, 600), st.integers(1, 600))
def test_amount_fits_after_the_wait_and_not_before(window, amount, limit):
    amount = min(amount, limit)
    wait_s = window.wait_s(amount, limit)
    assert 0 <= wait_s <= 2 * PERIOD_S + 0.01
    assert math.floor(window.taken(wait_s)) <= limit - amount
    if wait_s > 0.1:
        assert math.floor(window.taken(wait_s - 0.1)) > limit - amount


@given(windows())
def test_nothing_counts_after_free_s(window):
    assert window.taken(window.free_s + 1e-6) < 1e-3
