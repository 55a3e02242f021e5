"""Running means of how long one kind of work waits for the device and occupies it."""

from collections.abc import Callable

EWMA_ALPHA = 0.1
"""Weight of the newest batch in the exponentially weighted means: about the last ten batches decide."""


class DecodeCosts:
    """Measure one kind of work. `wait_s` is the mean wait of urgent jobs, `unit_s` the device's time per unit of size.

    The size of a job is in any unit that its time is proportional to. Both means are 0 until measured. The first batch
    is not counted: it pays for what is done once. `on_batch` is called with the number of jobs of every batch.
    """

    def __init__(self, on_batch: Callable[[int], object] = lambda jobs: None) -> None:
        self.on_batch = on_batch
        self.wait_s = 0.0
        self.unit_s = 0.0
        self._warm = False

    def cost_s(self, size: float) -> float:
        """Return the device's time for a job of this size, in seconds."""
        return self.unit_s * size

    def latency_s(self, size: float) -> float:
        """Return the seconds until an urgent job of this size is done; 0 until measured."""
        return self.wait_s + self.cost_s(size)

    def observe(self, *, jobs: int, wait_s: float | None, run_s: float, size: float) -> None:
        """Add a batch: the wait of its first job (None where that was not urgent), its time, the size of all jobs."""
        self.on_batch(jobs)
        if not self._warm:
            self._warm = True
            return
        unit_s = run_s / size
        if wait_s is not None:
            self.wait_s += EWMA_ALPHA * (wait_s - self.wait_s)
        self.unit_s += EWMA_ALPHA * (unit_s - self.unit_s) if self.unit_s else unit_s
