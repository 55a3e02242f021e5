"""Scheduling policies that benchmarks compare with headroom."""

from collections.abc import Sequence

from core.scheduling.policy import IMMEDIATE, HeadroomPolicy, Load
from core.scheduling.stream_state import StreamState
from core.scheduling.window_size import WindowDemand


class UnboundedHeadroom(HeadroomPolicy):
    """Decide by headroom, but admit every request."""

    def has_room(self, load: Load, running: int, *, now: float) -> bool:
        return True


class ArrivalOrder:
    """Decode in order of arrival, in windows that double up to the steady size; admit every request."""

    def deadline(self, stream: StreamState, chunk: int, *, now: float) -> float:
        return IMMEDIATE

    def size_window(self, sizes: Sequence[int], demand: WindowDemand) -> int | None:
        return sizes[min(demand.index, len(sizes) - 1)]

    def has_room(self, load: Load, running: int, *, now: float) -> bool:
        return True


class DoublingSizes:
    """Size the windows of a `WindowPlanner` without a scheduler: each size in turn, then the last one."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self._sizes = list(sizes)

    def __call__(self, available: int) -> int:
        keep = self._sizes[0]
        if available < keep:
            return 0
        if len(self._sizes) > 1:
            del self._sizes[0]
        return keep
