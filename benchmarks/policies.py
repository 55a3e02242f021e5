"""What headroom is measured against: windows whose sizes are fixed beforehand, in order of arrival, one at a time."""

from collections.abc import Callable

from core.batching import Times
from core.headroom import NOW, Audience, Stream
from core.windows import WindowPlan


class Fixed:
    """The sizes of a plan whatever happens: each twice the one before, up to the steady one."""

    def __init__(self, plan: WindowPlan) -> None:
        self._rungs = list(plan.rungs)

    def __call__(self, available: int) -> int:
        keep = self._rungs[0]
        if available < keep:
            return 0
        if len(self._rungs) > 1:
            del self._rungs[0]
        return keep


class OpenDoor(Audience):
    """Headroom in everything but admission."""

    def has_room(self, running: int) -> bool:
        return True


class ArrivalOrder(OpenDoor):
    """Nobody is asked for headroom: fixed windows, first come first served, and every slot is given away."""

    def sizes(self, plan: WindowPlan, times: Times, stream: Stream, chunk: int) -> Callable[[int], int]:
        return Fixed(plan)

    def due(self, stream: Stream, chunk: int) -> float:
        return NOW
