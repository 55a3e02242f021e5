"""Model of a player's buffer. Pure arithmetic: no clock, no network.

The scheduler, the command line's client and the benchmarks share this model, so benchmarks measure what the scheduler
optimises.
"""


class PlaybackBuffer:
    """Buffer of a player that starts at the first block and pauses only when a block is late.

    All times are seconds on one monotonic clock. `ends_at` is the time at which everything received so far has been
    played; None before the first block.
    """

    __slots__ = ("ends_at", "longest_gap_s", "underruns")

    def __init__(self) -> None:
        self.ends_at: float | None = None
        self.underruns = 0
        self.longest_gap_s = 0.0

    def headroom_s(self, now: float) -> float:
        """Return the seconds of sound that are buffered; negative during an underrun."""
        return 0.0 if self.ends_at is None else self.ends_at - now

    def receive(self, seconds: float, *, now: float) -> float:
        """Add a block of `seconds`. Return the headroom before it; negative where the block came too late."""
        headroom_s = self.headroom_s(now)
        if headroom_s < 0:
            self.underruns += 1
            self.longest_gap_s = max(self.longest_gap_s, -headroom_s)
        self.ends_at = now + max(headroom_s, 0.0) + seconds
        return headroom_s

    def restart(self) -> None:
        """Treat the next block as the first one, so that the pause before it does not count as an underrun."""
        self.ends_at = None
