"""Choose the number of tokens that the next decode window keeps. Pure functions: no clock, no state.

The wave generator decodes GENERATOR_CONTEXT_TOKENS beside those that a window keeps. A small window reaches the player
sooner; a large window spends less of the decoder's time per second of sound. So a window is as large as its stream can
afford to wait for:

* A stream's first window: nothing plays yet, so it comes early. Take the smallest size whose sound lasts until
  the second window is decoded.
* Every later window: the player has `headroom_s` of sound. Take the largest size that is decoded before half of that
  headroom (HEADROOM_SHARE) is played: time to receive its missing tokens, to wait for the decoder, and to decode. While
  other requests are open, no such window may occupy the decoder for longer than MAX_BATCH_S.
* A file's window: no player waits. Take the largest size.
* A window of a later chunk, while the stream has not begun to play: decode nothing yet.
* The tail of a chunk, once its last token has arrived: not chosen here. While more tokens are left than the largest
  size, core/windows.py keeps half of them, then the rest, whatever the headroom, MAX_BATCH_S or the chunk before.

Example, with tokens every 10 ms and a decoder that costs 0.1 ms per token and has no queue: at 0.5 s of headroom and
with 6 tokens available, a window may take 0.25 s. 24 tokens are decoded after 184 ms (180 ms to receive 18 more, 4 ms
to decode); 48 would take 427 ms. So the next window keeps 24 tokens. The choice is made anew at each delta of the
engine: once 24 tokens are available, 0.32 s of headroom are left, 48 tokens would still take too long, and the window
is cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

HEADROOM_SHARE = 0.5
"""Largest share of a stream's headroom that its next window may take, waiting and decoding included. Chosen: one half
leaves the other half for delays that the prediction does not cover."""
MAX_FIRST_GROWTH = 4
"""Largest first window, as a multiple of the smallest size. Chosen: it bounds how long a slow engine may delay the
first sound in order to prevent a gap after it."""
POST_PROCESSING_S = 0.06
"""Seconds of a stream's first sound that cross-fade and limiter hold back (measured)."""
GENERATOR_CONTEXT_TOKENS = 20
"""Tokens that the wave generator decodes beside those that a window keeps: its receptive field at the published
dimensions, 10 tokens on each side (core/bicodec/field.py computes it; a test compares the two). The cost model counts
these alone. The prenet decodes all context of a window, 87 tokens by default, but takes a tenth of the time."""
MAX_BATCH_S = 0.1
"""Longest time in seconds that one batch may keep the decoder from other requests, once costs are measured. 60 ms
limited windows to 24 tokens on a CPU and cost 1.5 times the throughput (measured: docs/decisions/0014-headroom.md)."""


class WindowKind(Enum):
    """The four cases that size a window differently. The tail of a chunk is none of them: core/windows.py cuts it."""

    FILE = auto()  # the request is not streaming: no player waits
    FIRST = auto()  # the stream's first sound
    PREMATURE = auto()  # of a later chunk, before the stream has begun to play
    NEXT = auto()  # every other window of a stream


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowDemand:
    """Input of a decision on the size of a window. All durations are seconds.

    `available`: tokens of the chunk whose look-ahead has arrived, at least the smallest size. `index`: windows of the
    chunk cut so far; only policies of benchmarks use it. `headroom_s`: sound buffered ahead of this window.
    `token_gap_s`: mean time between two tokens of the engine. `token_s`: playback time of one token. `wait_s`: mean
    wait of an urgent window for the decoder. `unit_s`: the decoder's time per token, with GENERATOR_CONTEXT_TOKENS for
    each window. `others_open`: other requests are open: streams or files, running or paused.
    """

    kind: WindowKind
    available: int
    index: int
    headroom_s: float
    token_gap_s: float
    token_s: float
    wait_s: float
    unit_s: float
    others_open: bool

    def window_cost_s(self, keep: int) -> float:
        """Return the decoder's time for a window that keeps `keep` tokens, the context added here, in seconds."""
        return self.unit_s * (keep + GENERATOR_CONTEXT_TOKENS)


def choose_size(sizes: Sequence[int], demand: WindowDemand) -> int | None:
    """Return the number of tokens that the next window should keep; None to decode nothing now.

    `sizes` are the possible sizes, ascending. The window is cut once that many tokens are available.
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
    """Return the smallest size that plays until a second window of the smallest size is decoded.

    The wait for the second window may take HEADROOM_SHARE of the sound. While other requests are open, the sound also
    lasts until one of their windows has been decoded. MAX_FIRST_GROWTH bounds the size.
    """
    smallest = sizes[0]
    second_s = smallest * demand.token_gap_s + demand.window_cost_s(smallest)
    lasts_s = max(
        (second_s + demand.wait_s) / HEADROOM_SHARE, second_s + _longest_other_s(sizes, demand) + POST_PROCESSING_S
    )
    tokens = min(lasts_s / demand.token_s, smallest * MAX_FIRST_GROWTH)
    return next((size for size in sizes if size >= tokens), sizes[-1])


def _next_size(sizes: Sequence[int], demand: WindowDemand) -> int:
    """Return the largest size that is decoded before HEADROOM_SHARE of the headroom is played.

    When decoding lags, take the largest available window whose decode time fits the queue wait: the stream is late in
    any case, and fewer, larger windows let the decoder catch up. When no size fits, take the smallest.
    """
    longest_s = MAX_BATCH_S if demand.others_open else float("inf")
    within_s = demand.headroom_s * HEADROOM_SHARE
    for size in reversed(sizes):
        cost_s, missing = demand.window_cost_s(size), max(size - demand.available, 0)
        if cost_s > longest_s:
            continue
        if missing * demand.token_gap_s + demand.wait_s + cost_s <= within_s:
            return size
        if not missing and cost_s <= demand.wait_s:
            return size
    return sizes[0]


def _longest_other_s(sizes: Sequence[int], demand: WindowDemand) -> float:
    """Return the longest time that a stream's window may occupy the decoder while others are open, in seconds."""
    if not demand.others_open:
        return 0.0
    costs = (demand.window_cost_s(size) for size in sizes)
    return max((cost_s for cost_s in costs if cost_s <= MAX_BATCH_S), default=0.0)
