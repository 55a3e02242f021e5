"""Choose the size of the next decode window: the tokens that it keeps, and its look-ahead. Pure functions, no state.

The wave generator decodes GENERATOR_CONTEXT_TOKENS beside those that a window keeps. A small window reaches the player
sooner; a large window spends less of the decoder's time per second of sound. Less look-ahead is sooner too, and farther
from the decode of everything at once. So a window is as large, and looks as far ahead, as its stream can afford to wait
for:

* A stream's first window: nothing plays yet, so it comes early. Take the smallest size whose sound lasts until
  the second window is decoded, with the look-ahead of first windows.
* Every later window: the player has `headroom_s` of sound. Take the largest size that is decoded before half of that
  headroom (HEADROOM_SHARE) is played: time to receive its missing tokens, to wait for the decoder, and to decode. Then
  take the longest look-ahead for which the same holds. While other requests are open, no such window may occupy the
  decoder for longer than MAX_BATCH_S.
* A file's window: no player waits. Take the largest size and the longest look-ahead.
* A window of a later chunk, while the stream has not begun to play: decode nothing yet.
* The tail of a chunk, once its last token has arrived: not chosen here. While more tokens are left than the largest
  size, core/windows.py keeps half of them, then the rest, whatever the headroom, MAX_BATCH_S or the chunk before.

Example, with a look-ahead of 16 tokens, tokens every 10 ms and a decoder that costs 0.1 ms per token and has no queue:
at 0.5 s of headroom and with 22 tokens received, a window may take 0.25 s. 24 tokens are decoded after 184 ms (180 ms
to receive 18 more, 4 ms to decode); 48 would take 427 ms. So the next window keeps 24 tokens, and 20 tokens of
look-ahead would take 224 ms: that is affordable too. The choice is made anew at each delta of the engine: once 44
tokens are received, 0.28 s of headroom are left, 48 tokens would still take too long, and the window is cut.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

FIRST_SHARE = 0.75
"""Largest share of a first window's sound that the wait for the second window may take. Chosen: a larger share than
HEADROOM_SHARE, because the tokens of the second window have nearly all arrived, so that less can go wrong."""
HEADROOM_SHARE = 0.5
"""Largest share of a stream's headroom that its next window may take, waiting and decoding included. Chosen: one half
leaves the other half for delays that the prediction does not cover."""
FIRST_QUEUE_SHARE = 0.75
"""Tokens of a first window beside other requests, as a share of those that the smallest windows in the decoder's queue
keep. Without it a busy decoder spends its time on the context of small windows: at 64 requests a second on the
simulated GPU 217 of 1,913 streams had a gap, with it 9 (measured: docs/decisions/0014-headroom.md)."""
MAX_FIRST_GROWTH = 8
"""Largest first window, as a multiple of the smallest later one. Chosen: it bounds how long a slow engine may delay the
first sound in order to prevent a gap after it."""
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


@dataclass(frozen=True, slots=True)
class WindowSize:
    """Size of one window, in tokens: those that it keeps, and those of its look-ahead (`right`)."""

    keep: int
    right: int

    @property
    def tokens(self) -> int:
        """Return the tokens that must have been received before the window is cut."""
        return self.keep + self.right


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowOptions:
    """The possible sizes in tokens, each ascending.

    `first_keeps` and `keeps`: tokens that a first window and every other window may keep. `first_right`: look-ahead of
    first windows. `rights`: look-aheads of other windows; the last one is exact.
    """

    first_keeps: Sequence[int]
    keeps: Sequence[int]
    first_right: int
    rights: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowDemand:
    """Input of a decision on the size of a window. All durations are seconds.

    `received`: tokens of the chunk that have arrived and that no window has kept. `index`: windows of the chunk cut so
    far. `headroom_s`: sound buffered ahead of this window. `held_s`: part of a first sound that the stages behind the
    decoder hold back. `token_gap_s`: mean time between two tokens of the engine, which come in deltas of `delta_tokens`
    on average. `token_s`: playback time of one token. `wait_s`: mean wait of an urgent window for the decoder.
    `unit_s`: the decoder's time per token, with GENERATOR_CONTEXT_TOKENS for each window. `batch_s`: the time of the
    longest of the recent batches. `others_open`: other requests are open: streams or files, running or paused.
    """

    kind: WindowKind
    received: int
    index: int
    headroom_s: float
    held_s: float
    token_gap_s: float
    delta_tokens: float
    token_s: float
    wait_s: float
    unit_s: float
    batch_s: float
    others_open: bool

    def window_cost_s(self, keep: int) -> float:
        """Return the decoder's time for a window that keeps `keep` tokens, the context added here, in seconds."""
        return self.unit_s * (keep + GENERATOR_CONTEXT_TOKENS)

    def windows_queued(self, keep: int) -> float:
        """Return how many windows that keep `keep` tokens the decoder does in the mean wait, beside other requests."""
        cost_s = self.window_cost_s(keep) if self.others_open else 0.0
        return self.wait_s / cost_s if cost_s else 0.0

    def arrival_s(self, tokens: int) -> float:
        """Return the seconds until so many more tokens have arrived: those of whole deltas, the newest of which is
        here."""
        return math.ceil(max(tokens, 0) / self.delta_tokens) * self.delta_tokens * self.token_gap_s

    def ready_s(self, size: WindowSize) -> float:
        """Return the seconds until a window of this size is decoded, if it is wanted now."""
        return self.arrival_s(size.tokens - self.received) + self.wait_s + self.decode_s(size.keep)

    def decode_s(self, keep: int) -> float:
        """Return the longest time that a window's decoding is expected to take, in seconds.

        Beside others, it shares a batch with their windows, or waits for one that has begun.
        """
        return max(self.window_cost_s(keep), min(self.batch_s, MAX_BATCH_S) if self.others_open else 0.0)


def choose_window(options: WindowOptions, demand: WindowDemand) -> WindowSize | None:
    """Return the size of the next window; None to decode nothing now.

    The window is cut once `WindowSize.tokens` tokens are received.
    """
    match demand.kind:
        case WindowKind.FILE:
            return WindowSize(options.keeps[-1], options.rights[-1])
        case WindowKind.PREMATURE:
            return None
        case WindowKind.FIRST:
            return _first_window(options, demand)
        case WindowKind.NEXT:
            return _next_window(options, demand)


def _first_window(options: WindowOptions, demand: WindowDemand) -> WindowSize:
    """Return the smallest window that plays until a second one, the smallest of the later ones, is decoded.

    The wait for the second window may take FIRST_SHARE of the sound. It keeps more while the decoder's queue is long
    (FIRST_QUEUE_SHARE), because small windows cost the decoder most. MAX_FIRST_GROWTH bounds the size. The look-ahead
    of first windows is for the chunk's first one alone: where that gave no sound yet, the next one has the least of the
    later ones.
    """
    second = WindowSize(options.keeps[0], options.rights[0])
    right = options.rights[0] if demand.index else options.first_right
    second_s = demand.arrival_s(second.tokens - right) + demand.decode_s(second.keep)
    lasts_s = demand.held_s + (second_s + demand.wait_s) / FIRST_SHARE
    queued = second.keep * demand.windows_queued(second.keep)
    tokens = min(max(lasts_s / demand.token_s, FIRST_QUEUE_SHARE * queued), second.keep * MAX_FIRST_GROWTH)
    keep = next((keep for keep in options.first_keeps if keep >= tokens), options.first_keeps[-1])
    return WindowSize(keep, right)


def _next_window(options: WindowOptions, demand: WindowDemand) -> WindowSize:
    """Return the largest window that is decoded before HEADROOM_SHARE of the headroom is played.

    When decoding lags, take the largest received window whose decode time fits the queue wait: the stream is late in
    any case, and fewer, larger windows let the decoder catch up. When no size fits, take the smallest.
    """
    longest_s = MAX_BATCH_S if demand.others_open else float("inf")
    within_s = demand.headroom_s * HEADROOM_SHARE
    least = options.rights[0]
    for keep in reversed(options.keeps):
        size, cost_s = WindowSize(keep, least), demand.window_cost_s(keep)
        if cost_s > longest_s:
            continue
        if demand.ready_s(size) <= within_s or (size.tokens <= demand.received and cost_s <= demand.wait_s):
            return _farthest(size, options, demand, within_s)
    return _farthest(WindowSize(options.keeps[0], least), options, demand, within_s)


def _farthest(size: WindowSize, options: WindowOptions, demand: WindowDemand, within_s: float) -> WindowSize:
    """Return the window with the longest look-ahead that is received already, or decoded within the time."""
    farther = (WindowSize(size.keep, right) for right in reversed(options.rights))
    return next((one for one in farther if one.tokens <= demand.received or demand.ready_s(one) <= within_s), size)
