"""The decisions of the scheduler: deadlines, window sizes, admission. `HeadroomPolicy` serves; benchmarks bring others.

A policy reads the state of the streams and changes nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.scheduling.slowdown import SlowdownModel
from core.scheduling.stream_state import StreamState
from core.scheduling.window_size import WindowDemand, window_size

IMMEDIATE = float("-inf")
"""Deadline that precedes all others, in seconds of `time.perf_counter()`."""
FILE_DEADLINE_S = 5.0
"""Deadline of file windows, in seconds after the request: later than a listener's, and soon enough never to starve."""
HORIZON_S = 5.0
"""How far ahead admission predicts the headroom of running streams, in seconds: about the length of a sentence."""
MAX_DECODER_LOAD = 0.8
"""Share of the decoder's time that admission allocates. .9 left 8 gaps at 1.35 requests a second, .8 none
(docs/decisions/0014-headroom.md)."""


@dataclass(frozen=True, slots=True)
class Load:
    """The streams that are open, the model of their slowdown, and the decoder load of the newest first window."""

    streams: Collection[StreamState]
    slowdown: SlowdownModel
    first_window_load: float


class Policy(Protocol):
    """Decide what is decoded next, how large it is, and whether one more request may start. Times: `perf_counter()`."""

    def deadline(self, stream: StreamState, chunk: int, *, now: float) -> float:
        """Return when the next window of `chunk` must be decoded."""
        ...

    def window_size(self, sizes: Sequence[int], demand: WindowDemand) -> int | None:
        """Return how many tokens the next window should keep, one of `sizes`; None to decode nothing now."""
        ...

    def has_room(self, load: Load, running: int, *, now: float) -> bool:
        """Report whether one more request may start beside `running` ones."""
        ...


@dataclass(frozen=True, slots=True)
class HeadroomPolicy:
    """Decide by headroom, the sound that each player has buffered. Admission leaves every player `min_headroom_s`."""

    min_headroom_s: float

    def deadline(self, stream: StreamState, chunk: int, *, now: float) -> float:
        """Return when the player runs out of sound; the first window of a stream precedes everything."""
        if stream.is_first(chunk):
            return IMMEDIATE
        return now + (stream.headroom_s(now, chunk=chunk) if stream.streaming else FILE_DEADLINE_S)

    def window_size(self, sizes: Sequence[int], demand: WindowDemand) -> int | None:
        return window_size(sizes, demand)

    def has_room(self, load: Load, running: int, *, now: float) -> bool:
        """Admit while the decoder has time to allocate and every running player keeps its headroom.

        Window costs show at once how full the decoder is; the pace of streams shows what else they share, but only
        after a while. A stream that would starve even alone blocks no admission.
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
        """Return the headroom of `stream` HORIZON_S from now, among so many streams."""
        pace = stream.pace * load.slowdown.ratio(stream.pace_streams, streams)
        return stream.headroom_s(now) + (pace - 1) * HORIZON_S


def decoder_load(load: Load) -> float:
    """Return the share of the decoder's time that generating streams need."""
    generating = (stream for stream in load.streams if stream.generating)
    return sum(load.first_window_load if stream.decoder_load is None else stream.decoder_load for stream in generating)
