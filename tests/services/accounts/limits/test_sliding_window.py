"""The arithmetic alone, and that the library's own counting agrees with it."""

import math
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.limits import meter
from services.accounts.limits.sliding_window import PERIOD_S, Window


@st.composite
def windows(draw):
    """As both stores give them: the minute before ends when this one does, and this one is kept for a minute more."""
    left = draw(st.floats(0.01, PERIOD_S))
    before, now = draw(st.integers(0, 500)), draw(st.integers(0, 500))
    return Window(before, left if before else 0.0, now, left + PERIOD_S if now else 0.0)


@given(windows(), st.integers(1, 600), st.integers(1, 600))
def test_after_the_wait_there_is_room_and_not_before(window, amount, limit):
    amount = min(amount, limit)
    wait_s = window.wait_s(amount, limit)
    assert 0 <= wait_s <= 2 * PERIOD_S + 0.01
    assert math.floor(window.taken(wait_s)) <= limit - amount
    if wait_s > 0.1:
        assert math.floor(window.taken(wait_s - 0.1)) > limit - amount


@given(windows())
def test_all_is_free_when_it_says_so(window):
    assert window.taken(window.free_s + 1e-6) < 1e-3


@pytest.mark.parametrize("limit", [1, 7, 100])
async def test_retry_after_is_true(monkeypatch, limit):
    """Whoever waits as long as they are told is let in, and who comes two seconds sooner is not."""
    clock = SimpleNamespace(time=lambda: clock.now, now=1_000_000.0)
    monkeypatch.setattr("limits.aio.storage.memory.time", clock)
    counted = meter.Meter()
    for step in range(60):
        clock.now += (step * 7.3) % 5
        reading = await counted.take("requests", "k", amount=1, limit=limit)
        if reading.taken:
            continue
        wait_s = reading.window.wait_s(1, limit)
        now = clock.now
        if wait_s > 2:
            clock.now = now + wait_s - 2
            assert not (await counted.take("requests", "k", amount=1, limit=limit)).taken
        clock.now = now + wait_s + 1e-3
        assert (await counted.take("requests", "k", amount=1, limit=limit)).taken
