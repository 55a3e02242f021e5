"""Learn how much concurrent streams slow each other down. Pure arithmetic."""

DECAY = 0.98
"""Weight that each older observation keeps when a new one arrives: the newest 50 or so decide."""
MIN_VARIANCE = 0.1
"""Variance of the numbers of streams, in streams squared, below which no line is fitted through them."""


class SlowdownModel:
    """Fit the work for a second of sound as a straight line over the number of concurrent streams.

    The intercept is work that all streams share, the slope each stream's own. Until two loads are observed, half of the
    cost is assumed to scale with the streams.
    """

    def __init__(self) -> None:
        self._weight = self._n = self._nn = self._t = self._nt = 0.0  # decayed sums of (n, t) and their products

    def observe(self, streams: int, pace: float) -> None:
        """Add an observation: one of so many streams is made at `pace` playback seconds per second."""
        work_s = 1 / pace
        self._weight = self._weight * DECAY + 1
        self._n = self._n * DECAY + streams
        self._nn = self._nn * DECAY + streams * streams
        self._t = self._t * DECAY + work_s
        self._nt = self._nt * DECAY + streams * work_s

    def ratio(self, streams: int, others: int) -> float:
        """Return the pace among `others` streams as a share of the pace among `streams`."""
        spread = self._weight * self._nn - self._n**2
        slope, intercept = 1.0, float(streams)
        if spread > MIN_VARIANCE * self._weight**2:
            slope = max(0.0, (self._weight * self._nt - self._n * self._t) / spread)
            intercept = max(0.0, (self._t - slope * self._n) / self._weight)
        return (intercept + slope * streams) / (intercept + slope * others)
