"""A clock that tests set, and streams in known states."""

from dataclasses import dataclass

import pytest

from core.scheduling import scheduler as scheduler_module
from core.scheduling.policy import HeadroomPolicy
from core.scheduling.scheduler import StreamScheduler
from core.scheduling.stream_state import StreamState

TOKEN_S = 0.02


@dataclass
class Clock:
    """Replacement of the `time` module in the scheduler."""

    now: float = 100.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(scheduler_module, "time", made)
    return made


@pytest.fixture
def scheduler(clock) -> StreamScheduler:
    return StreamScheduler(HeadroomPolicy(min_headroom_s=0.1))


def new_stream(*, streaming: bool = True, speed: float = 1.0) -> StreamState:
    return StreamState(streaming=streaming, token_s=TOKEN_S / speed, speed=speed)


def playing_stream(*, headroom_s: float, now: float = 100.0) -> StreamState:
    """Return a stream whose player has `headroom_s` buffered while more is generated."""
    stream = new_stream()
    stream.generating_chunks = 1
    stream.buffer.receive(headroom_s, now=now)
    return stream
