"""Estimate how much concurrent streams slow each other down. Pure arithmetic."""

DECAY = 0.98
"""Factor by which the weights of all earlier observations shrink at each new one: the newest 50 or so decide.
Chosen, not measured: old enough to span several loads, young enough to follow the machine."""
MIN_VARIANCE = 0.1
"""Least variance of the observed numbers of streams, in streams squared, for which a line is fitted. Chosen:
reached when one observation in nine comes from a load that differs by one stream."""


class SlowdownModel:
    """Weighted linear regression of the work per second of sound on the number of concurrent streams.

    The intercept is the cost that does not depend on the number of streams, the slope the cost that each stream adds.
    Until two loads are observed, assume half of the cost scales with the streams.
    """

    def __init__(self) -> None:
        self._weight = self._n = self._nn = self._t = self._nt = 0.0  # decayed sums of (n, t) and their products

    def observe(self, streams: int, pace: float) -> None:
        """Add an observation: one of `streams` streams is generated at `pace` playback seconds per second."""
        work_s = 1 / pace
        self._weight = self._weight * DECAY + 1
        self._n = self._n * DECAY + streams
        self._nn = self._nn * DECAY + streams * streams
        self._t = self._t * DECAY + work_s
        self._nt = self._nt * DECAY + streams * work_s

    def ratio(self, streams: int, others: int) -> float:
        """Return the pace at `others` concurrent streams divided by the pace at `streams`."""
        spread = self._weight * self._nn - self._n**2
        slope, intercept = 1.0, float(streams)
        if spread > MIN_VARIANCE * self._weight**2:
            slope = max(0.0, (self._weight * self._nt - self._n * self._t) / spread)
            intercept = max(0.0, (self._t - slope * self._n) / self._weight)
        return (intercept + slope * streams) / (intercept + slope * others)
