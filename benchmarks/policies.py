"""Scheduling policies that benchmarks compare with headroom."""

from dataclasses import replace

from core.scheduling.policy import IMMEDIATE, HeadroomPolicy, Load
from core.scheduling.stream_state import StreamState
from core.scheduling.window_size import WindowDemand, WindowOptions, WindowSize, choose_window
from core.windows import WindowPlan


class UnboundedHeadroom(HeadroomPolicy):
    """Decide by headroom, but admit every request."""

    def has_room(self, load: Load, running: int, *, now: float) -> bool:
        return True


class ArrivalOrder:
    """Decode in order of arrival, in windows that double up to the steady size; admit every request."""

    def deadline(self, stream: StreamState, chunk: int, *, now: float) -> float:
        return IMMEDIATE

    def size_window(self, options: WindowOptions, demand: WindowDemand) -> WindowSize | None:
        return WindowSize(options.keeps[min(demand.index, len(options.keeps) - 1)], options.rights[0])

    def has_room(self, load: Load, running: int, *, now: float) -> bool:
        return True


class DoublingSizes:
    """Size the windows of a `WindowPlanner` without a scheduler: each size of a plan in turn, then the last one.

    All have the plan's look-ahead.
    """

    def __init__(self, plan: WindowPlan) -> None:
        self._sizes = [WindowSize(keep, plan.right) for keep in plan.sizes]

    def __call__(self, received: int) -> WindowSize | None:
        size = self._sizes[0]
        if received < size.tokens:
            return None
        if len(self._sizes) > 1:
            del self._sizes[0]
        return size


class EqualWindows(HeadroomPolicy):
    """Decide by headroom, but treat a first window as every other one: sizes that double, one look-ahead."""

    def size_window(self, options: WindowOptions, demand: WindowDemand) -> WindowSize | None:
        least = options.rights[0]
        return choose_window(replace(options, first_keeps=options.keeps, first_right=least, rights=(least,)), demand)
