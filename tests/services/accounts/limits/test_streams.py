from contextlib import ExitStack

import pytest

from services.accounts.limits import streams as module
from services.accounts.limits.streams import OpenStreams
from shared.errors import ConcurrencyLimited


class Clock:
    now = 1000.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def test_streams_of_each_key_are_counted_while_they_are_open():
    streams = OpenStreams()
    with streams.open("key_1", 2), streams.open("key_1", 2), streams.open("key_2", 2):
        assert streams.by_key == {"key_1": 2, "key_2": 1}
        with pytest.raises(ConcurrencyLimited, match="2 streams"), streams.open("key_1", 2):
            pytest.fail("it was admitted")
    assert streams.by_key == {}, "nothing is kept of a key without streams"


def test_stream_that_fails_is_no_longer_open():
    streams = OpenStreams()
    with pytest.raises(ZeroDivisionError), streams.open("key_1", 1):
        raise ZeroDivisionError
    assert streams.by_key == {}


@pytest.mark.parametrize(("limit", "expected_s"), [(1, 30), (3, 10), (30, 1), (300, 1)])
def test_retry_after_is_the_mean_duration_shared_by_the_streams(clock, limit, expected_s):
    streams = OpenStreams()
    for _ in range(100):  # until the moving average has forgotten where it began
        with streams.open("key_1", 1):
            clock.now += 29.99
    with ExitStack() as held:
        for _ in range(limit):
            held.enter_context(streams.open("key_1", limit))
        with pytest.raises(ConcurrencyLimited) as refused, streams.open("key_1", limit):
            pytest.fail("it was admitted")
    assert refused.value.retry_after_s == expected_s
