"""The meter's counts, and that the arithmetic of its window agrees with the library's."""

from types import SimpleNamespace

import pytest

from services.accounts.limits.meter import Meter


@pytest.fixture
def clock(monkeypatch) -> SimpleNamespace:
    """The library's clock, which a test moves on."""
    clock = SimpleNamespace(time=lambda: clock.now, now=1_000_000.0)
    monkeypatch.setattr("limits.aio.storage.memory.time", clock)
    return clock


async def test_amount_is_taken_whole_or_not_at_all(clock):
    meter = Meter()
    assert (await meter.take("characters", "k", amount=80, limit=100)).taken
    refused = await meter.take("characters", "k", amount=30, limit=100)
    assert not refused.taken and refused.window.remaining(100) == 20
    assert (await meter.take("characters", "k", amount=20, limit=100)).window.remaining(100) == 0


async def test_keys_and_quantities_are_counted_apart(clock):
    meter = Meter()
    for what, key_id in (("requests", "a"), ("requests", "b"), ("characters", "a")):
        assert (await meter.take(what, key_id, amount=1, limit=1)).taken
        assert not (await meter.take(what, key_id, amount=1, limit=1)).taken


@pytest.mark.parametrize("limit", [1, 7, 100])
async def test_request_is_admitted_after_the_wait_and_refused_two_seconds_earlier(clock, limit):
    meter = Meter()
    for step in range(60):
        clock.now += (step * 7.3) % 5
        reading = await meter.take("requests", "k", amount=1, limit=limit)
        if reading.taken:
            continue
        wait_s = reading.window.wait_s(1, limit)
        now = clock.now
        if wait_s > 2:
            clock.now = now + wait_s - 2
            assert not (await meter.take("requests", "k", amount=1, limit=limit)).taken
        clock.now = now + wait_s + 1e-3
        assert (await meter.take("requests", "k", amount=1, limit=limit)).taken
