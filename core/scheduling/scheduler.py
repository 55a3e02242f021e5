"""Scheduler of all streams: record the pipeline's events, and answer with deadlines, window sizes and admission.

The only writer of playback state. Knows nothing of tokens' meaning or of how a window is decoded. Times are
`time.perf_counter()`, in seconds.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from core.scheduling.costs import DecodeCosts
from core.scheduling.policy import FILE_DEADLINE_S, IMMEDIATE, Load, Policy
from core.scheduling.slowdown import SlowdownModel
from core.scheduling.stream_state import StreamState
from core.scheduling.window_size import WindowDemand, WindowKind, WindowOptions, WindowSize

PACE_ALPHA = 0.3
"""Weight of the newest window in the exponentially weighted mean of a stream's pace: about the last three windows
decide. Chosen, not measured."""
MIN_INTERVAL_S = 1e-6
"""Shortest time between two windows, in seconds. Keeps the divisor of a pace above zero on a coarse clock."""


class StreamScheduler:
    """The open requests, streams and files, and the decisions of `policy` about them."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._streams: set[StreamState] = set()
        self._slowdown = SlowdownModel()
        self._first_window_load = 0.0

    def __len__(self) -> int:
        return len(self._streams)

    @contextmanager
    def open(self, stream: StreamState) -> Iterator[None]:
        """Count a request, stream or file, as open while the context is open."""
        self._streams.add(stream)
        try:
            yield
        finally:
            self._streams.remove(stream)

    @contextmanager
    def count_chunk(self, stream: StreamState) -> Iterator[None]:
        """Count one more chunk of `stream` as being generated while the context is open."""
        stream.generating_chunks += 1
        try:
            yield
        finally:
            stream.generating_chunks -= 1

    def is_generating(self) -> bool:
        """Report whether a chunk of any stream is being generated."""
        return any(stream.generating_chunks for stream in self._streams)

    # Events, in the order in which a stream meets them.

    def window_cut(self, stream: StreamState, *, decoder_load: float, first: bool) -> None:
        """Record the share of the decoder's time that windows like the newest one need.

        The share of a stream's `first` window predicts that of streams that are admitted later.
        """
        stream.decoder_load = decoder_load
        if first:
            self._first_window_load = decoder_load

    def window_decoded(self, stream: StreamState, chunk: int, seconds: float) -> None:
        """Record `seconds` of decoded sound, before the change of speed, and measure the stream's pace."""
        unsent_s = stream.unsent_s.get(chunk, 0.0)
        played_s = seconds / stream.speed
        stream.unsent_s[chunk] = unsent_s + played_s
        if chunk != stream.chunk:
            return
        now = time.perf_counter()
        since, stream.decoded_at = stream.decoded_at, None if unsent_s else now
        if since is None or unsent_s:
            return  # the sender was slower than the decoder, so the interval does not measure the pace
        pace = played_s / max(now - since, MIN_INTERVAL_S)
        stream.pace += PACE_ALPHA * (pace - stream.pace) if stream.pace else pace
        stream.pace_streams = len(self._streams)
        self._slowdown.observe(stream.pace_streams, stream.pace)

    def chunk_reached(self, stream: StreamState, chunk: int, *, is_last: bool) -> None:
        """Record that the sender has reached `chunk`. `is_last`: no chunk follows."""
        stream.is_last_chunk = is_last
        if chunk != stream.chunk:
            stream.unsent_s.pop(stream.chunk, None)
            stream.chunk, stream.decoded_at = chunk, None

    def block_taken(self, stream: StreamState, chunk: int, seconds: float) -> None:
        """Record that the sender has taken `seconds` of decoded sound of `chunk`."""
        stream.unsent_s[chunk] -= seconds / stream.speed

    def block_sent(self, stream: StreamState, seconds: float) -> float:
        """Add a block of post-processed sound to the player's buffer; return the headroom before it, in seconds."""
        return stream.buffer.receive(seconds, now=time.perf_counter())

    def text_resumed(self, stream: StreamState) -> None:
        """Record that more text has arrived. If everything before it was played, the wait for it is not an underrun."""
        if not stream.generating_chunks and stream.buffer.headroom_s(time.perf_counter()) <= 0:
            stream.buffer.restart()

    # Decisions.

    def deadline(self, stream: StreamState, chunk: int) -> float:
        """Return the time by which the next window of `chunk` must be decoded."""
        return self.policy.deadline(stream, chunk, now=time.perf_counter())

    def send_deadline(self, stream: StreamState) -> float:
        """Return the time by which decoded sound must reach the player: the deadline of super-resolution."""
        if not stream.streaming:
            return time.perf_counter() + FILE_DEADLINE_S
        return IMMEDIATE if stream.buffer.ends_at is None else stream.buffer.ends_at

    def window_sizer(
        self, stream: StreamState, chunk: int, options: WindowOptions, costs: DecodeCosts
    ) -> "ChunkWindowSizer":
        """Return the sizer of one chunk's windows. `options` are the possible sizes."""
        return ChunkWindowSizer(self, stream, chunk, options, costs)

    def defers_ahead(self, stream: StreamState) -> bool:
        """Report whether the chunks after a stream's first one wait until that one is decoded.

        Beside other requests, the engine's time is theirs: a chunk ahead would delay every first sound. Alone, the
        engine has time for it, and the pause after a short first chunk is shorter.
        """
        return stream.streaming and stream.buffer.ends_at is None and len(self._streams) > 1

    def has_room(self, running: int) -> bool:
        """Report whether one more request may start beside `running` ones."""
        load = Load(self._streams, self._slowdown, self._first_window_load)
        return self.policy.has_room(load, running, now=time.perf_counter())

    def least_headroom_s(self) -> float:
        """Return the least headroom of all starving streams, in seconds; infinity without one."""
        now = time.perf_counter()
        return min((stream.headroom_s(now) for stream in self._streams if stream.starving), default=float("inf"))


class ChunkWindowSizer:
    """Sizer of one chunk's windows: measure the engine's token rate, build a `WindowDemand`, ask the policy."""

    def __init__(
        self, scheduler: StreamScheduler, stream: StreamState, chunk: int, options: WindowOptions, costs: DecodeCosts
    ) -> None:
        self._scheduler, self._stream, self._chunk = scheduler, stream, chunk
        self._options, self._costs = options, costs
        self._least = min(  # tokens of the smallest window
            options.first_keeps[0] + options.first_right, options.keeps[0] + options.rights[0]
        )
        self._started_at: float | None = None
        self._first_seen = self._seen = 0  # tokens at the first call, and at the newest one
        self._deltas = 0  # after the first call
        self._kept = self._index = 0

    def __call__(self, received: int) -> WindowSize | None:
        """Return the size of the next window; None to wait for more tokens.

        `received` is the number of tokens that have arrived and that no window has kept.
        """
        now = time.perf_counter()
        seen = self._kept + received
        if self._started_at is None:
            self._started_at, self._first_seen = now, seen
        elif seen > self._seen:
            self._deltas += 1
        self._seen = seen
        if received < self._least:
            return None
        demand = self._demand(received, now)
        size = self._scheduler.policy.size_window(self._options, demand)
        if size is None or size.tokens > received:
            return None
        self._kept, self._index = self._kept + size.keep, self._index + 1
        decoder_load = demand.window_cost_s(size.keep) / (size.keep * self._stream.token_s)
        self._scheduler.window_cut(self._stream, decoder_load=decoder_load, first=demand.kind is WindowKind.FIRST)
        return size

    def _demand(self, received: int, now: float) -> WindowDemand:
        stream, since = self._stream, self._seen - self._first_seen
        assert self._started_at is not None
        return WindowDemand(
            kind=self._kind(),
            received=received,
            index=self._index,
            headroom_s=stream.headroom_s(now, chunk=self._chunk),
            held_s=stream.held_s,
            token_gap_s=(now - self._started_at) / max(since, 1),
            delta_tokens=max(since / max(self._deltas, 1), 1.0),
            token_s=stream.token_s,
            wait_s=self._costs.wait_s,
            unit_s=self._costs.unit_s,
            batch_s=self._costs.batch_s,
            others_open=len(self._scheduler) > 1,
        )

    def _kind(self) -> WindowKind:
        if not self._stream.streaming:
            return WindowKind.FILE
        if self._stream.is_first(self._chunk):
            return WindowKind.FIRST
        return WindowKind.PREMATURE if self._stream.is_premature(self._chunk) else WindowKind.NEXT
