"""Choose how many tokens the next decode window keeps. Pure functions of a `WindowDemand`: no clock, no state.

Small windows reach the player sooner; large ones cost the decoder less for each second of sound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

HEADROOM_SHARE = 0.5
"""Share of a stream's headroom that its next window may take, waiting and decoding included. Half leaves as much again
for a wait that was not foreseen."""
MAX_FIRST_GROWTH = 4
"""Largest multiple of the smallest size that a slow engine may make the first window."""
POST_PROCESSING_S = 0.06
"""Seconds of a stream's first sound that cross-fade and limiter hold back (measured)."""
CONTEXT_TOKENS = 20
"""Tokens that a window costs beyond those it keeps: the wave generator's receptive field, 10 tokens on either side
(spec: BiCodec)."""
MAX_BATCH_S = 0.1
"""Longest time in seconds that one batch may keep the decoder from other streams, as far as costs are known. 60 ms
limited windows to 24 tokens on a CPU and cost 1.5 times the throughput (docs/decisions/0014-headroom.md)."""


class WindowKind(Enum):
    """The four cases that size a window differently."""

    FILE = auto()  # no player waits
    FIRST = auto()  # the stream's first sound
    PREMATURE = auto()  # follows a chunk whose playback has not started
    NEXT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowDemand:
    """Everything that the size of a window depends on. Times are seconds.

    `available` tokens of the chunk have their look-ahead; `index` windows of it were cut before. `headroom_s` is
    buffered ahead of the window. The engine delivers a token every `token_gap_s`, which plays for `token_s`. An urgent
    window waits `wait_s` for the decoder, which takes `unit_s` for each token, context included. `shared`: other
    streams use the decoder too.
    """

    kind: WindowKind
    available: int
    index: int
    headroom_s: float
    token_gap_s: float
    token_s: float
    wait_s: float
    unit_s: float
    shared: bool

    def cost_s(self, keep: int) -> float:
        """Return the decoder's time for a window that keeps so many tokens."""
        return self.unit_s * (keep + CONTEXT_TOKENS)


def window_size(sizes: Sequence[int], demand: WindowDemand) -> int | None:
    """Return how many tokens the next window should keep: one of `sizes`, ascending; None to decode nothing now.

    The window can be cut once that many tokens are available.
    """
    match demand.kind:
        case WindowKind.FILE:
            return sizes[-1]
        case WindowKind.PREMATURE:
            return None
        case WindowKind.FIRST:
            return _first_size(sizes, demand)
        case WindowKind.NEXT:
            return _next_size(sizes, demand)


def _first_size(sizes: Sequence[int], demand: WindowDemand) -> int:
    """Return the smallest size that plays until the second window is decoded, with HEADROOM_SHARE to spare.

    Where other streams decode, it also outlasts one of their windows.
    """
    smallest = sizes[0]
    second_s = smallest * demand.token_gap_s + demand.cost_s(smallest)
    lasts_s = max(
        (second_s + demand.wait_s) / HEADROOM_SHARE, second_s + _longest_other_s(sizes, demand) + POST_PROCESSING_S
    )
    tokens = min(lasts_s / demand.token_s, smallest * MAX_FIRST_GROWTH)
    return next((size for size in sizes if size >= tokens), sizes[-1])


def _next_size(sizes: Sequence[int], demand: WindowDemand) -> int:
    """Return the largest size that is decoded before HEADROOM_SHARE of the headroom is played.

    When the decoder lags, take the largest available window whose decode time fits the wait: the stream is late in any
    case, and fewer, larger windows let the decoder catch up.
    """
    longest_s = MAX_BATCH_S if demand.shared else float("inf")
    within_s = demand.headroom_s * HEADROOM_SHARE
    for size in reversed(sizes):
        cost_s, missing = demand.cost_s(size), max(size - demand.available, 0)
        if cost_s > longest_s:
            continue
        if missing * demand.token_gap_s + demand.wait_s + cost_s <= within_s:
            return size
        if not missing and cost_s <= demand.wait_s:
            return size
    return sizes[0]


def _longest_other_s(sizes: Sequence[int], demand: WindowDemand) -> float:
    """Return how long a window of another stream may occupy the decoder."""
    if not demand.shared:
        return 0.0
    costs = (demand.cost_s(size) for size in sizes)
    return max((cost_s for cost_s in costs if cost_s <= MAX_BATCH_S), default=0.0)
