"""Running means of the time that one kind of work waits for the device and occupies it."""

from collections.abc import Callable

EWMA_ALPHA = 0.1
"""Weight of the newest batch in the exponentially weighted means: about the last ten batches decide. Chosen as a
compromise between noise and delay, not measured."""
LONGEST_DECAY = 0.01
"""Share of the longest batch's time that each shorter batch takes off it: about the last hundred decide. Chosen. With
the mean instead, full batches made windows late: the first gaps came at 40 requests a second, not at 45 (measured:
docs/decisions/0014-headroom.md)."""


class DecodeCosts:
    """Measured cost of one kind of work.

    `wait_s` is the mean wait of urgent jobs, `batch_s` the time of the longest of the recent batches, in seconds.
    `unit_s` is the device's time per unit of size, in seconds; any unit serves that the time is proportional to. All
    are 0 until measured. The first batch is ignored, because it includes one-time work. `on_batch` is called with the
    number of jobs of every batch.
    """

    def __init__(self, on_batch: Callable[[int], object] = lambda jobs: None) -> None:
        self.on_batch = on_batch
        self.wait_s = 0.0
        self.unit_s = 0.0
        self.batch_s = 0.0
        self._warm = False

    def cost_s(self, size: float) -> float:
        """Return the device's time for a job of size `size`, in seconds."""
        return self.unit_s * size

    def latency_s(self, size: float) -> float:
        """Return the seconds until an urgent job of size `size` is done; 0 until measured."""
        return self.wait_s + self.cost_s(size)

    def observe(self, *, jobs: int, wait_s: float | None, run_s: float, size: float) -> None:
        """Add one batch. `wait_s` is the wait of its first job, None where that job was not urgent.

        `run_s` is the batch's time on the device, `size` the summed size of its jobs.
        """
        self.on_batch(jobs)
        if not self._warm:
            self._warm = True
            return
        unit_s = run_s / size
        if wait_s is not None:
            self.wait_s += EWMA_ALPHA * (wait_s - self.wait_s)
        self.unit_s += EWMA_ALPHA * (unit_s - self.unit_s) if self.unit_s else unit_s
        self.batch_s = max(run_s, self.batch_s * (1 - LONGEST_DECAY))
