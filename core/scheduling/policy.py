"""The scheduler's three decisions: when a window must be decoded, how large it is, and whether a request may start.

All three depend on headroom, the seconds of sound that a player has buffered. A stream with little headroom gets an
early deadline and small windows; a stream with much headroom gets a late deadline and large windows, which cost the
decoder less. A request is admitted while every running stream is predicted to keep its headroom.

A policy reads the state of streams and changes nothing. The service uses `HeadroomPolicy`; benchmarks compare it with
others.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from core.scheduling.slowdown import SlowdownModel
from core.scheduling.stream_state import StreamState
from core.scheduling.window_size import WindowDemand, WindowOptions, WindowSize, choose_window

IMMEDIATE = float("-inf")
"""Deadline that precedes all others, in seconds of `time.perf_counter()`."""
FILE_DEADLINE_S = 5.0
"""Deadline of file windows, in seconds from now. Chosen later than the deadlines of most streams, and finite, so that
streams delay a file but never block it."""
HORIZON_S = 5.0
"""Seconds ahead for which admission predicts the headroom of running streams. Chosen: about the length of a
sentence."""
MAX_DECODER_LOAD = 0.8
"""Largest share of the decoder's time that admission allocates. At 1.35 requests a second, 0.9 caused 8 gaps and 0.8
none (measured: docs/decisions/0014-headroom.md)."""


@dataclass(frozen=True, slots=True)
class Load:
    """Input of an admission decision. `first_window_load` is the decoder load of the newest stream's first window."""

    streams: Collection[StreamState]
    slowdown: SlowdownModel
    first_window_load: float


class Policy(Protocol):
    """The decisions that a scheduler needs. `now` and deadlines are `time.perf_counter()`, in seconds."""

    def deadline(self, stream: StreamState, chunk: int, *, now: float) -> float:
        """Return the time by which the next window of `chunk` must be decoded; the earliest is served first."""
        ...

    def size_window(self, options: WindowOptions, demand: WindowDemand) -> WindowSize | None:
        """Return the size of the next window, one of `options`; None to decode nothing now."""
        ...

    def has_room(self, load: Load, running: int, *, now: float) -> bool:
        """Report whether one more request may start beside `running` ones."""
        ...


@dataclass(frozen=True, slots=True)
class HeadroomPolicy:
    """The policy of the service. `min_headroom_s`: least headroom that admission must predict for a stream."""

    min_headroom_s: float

    def deadline(self, stream: StreamState, chunk: int, *, now: float) -> float:
        """Return the time at which the player runs out of sound.

        The first window of a stream precedes everything that it does not make late (`JobQueue`); a file's windows are
        due in FILE_DEADLINE_S.
        """
        if stream.is_first(chunk):
            return IMMEDIATE
        return now + (stream.headroom_s(now, chunk=chunk) if stream.streaming else FILE_DEADLINE_S)

    def size_window(self, options: WindowOptions, demand: WindowDemand) -> WindowSize | None:
        """Return the size that core/scheduling/window_size.py computes from the demand."""
        return choose_window(options, demand)

    def has_room(self, load: Load, running: int, *, now: float) -> bool:
        """Admit while the decoder has time left and every running stream is predicted to keep its headroom.

        Two conditions, because they measure different limits. The decoder load is known from the first window of each
        stream on, but covers the decoder alone. The pace covers everything that streams share, the engine included, but
        is known only after some windows. A stream that would fall below `min_headroom_s` even alone is ignored:
        refusing others does not help it.
        """
        allocated = decoder_load(load)
        if allocated and allocated + load.first_window_load > MAX_DECODER_LOAD:
            return False
        return not any(
            self._predicted_s(stream, running + 1, load, now)
            < self.min_headroom_s
            <= self._predicted_s(stream, 1, load, now)
            for stream in load.streams
            if stream.starving and stream.pace
        )

    def _predicted_s(self, stream: StreamState, streams: int, load: Load, now: float) -> float:
        """Return the headroom of `stream` in HORIZON_S if `streams` streams are generated, in seconds."""
        pace = stream.pace * load.slowdown.ratio(stream.pace_streams, streams)
        return stream.headroom_s(now) + (pace - 1) * HORIZON_S


def decoder_load(load: Load) -> float:
    """Return the share of the decoder's time that the generating streams need, from 0 upwards."""
    generating = (stream for stream in load.streams if stream.generating)
    return sum(load.first_window_load if stream.decoder_load is None else stream.decoder_load for stream in generating)
