"""Capacity planning: the containers that a load needs, from the capacity of one. Knows nothing of a platform.

docs/capacity.md states which numbers are measured, simulated or assumed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TARGET_UTILISATION = 0.7
"""Share of a container's streams in use on average. Assumed: the rest absorbs random fluctuations."""
BUFFER_DEVIATIONS = 3.0
"""Standard deviations of the number of concurrent requests that idle containers cover."""


@dataclass(frozen=True, slots=True)
class ContainerCapacity:
    """Capacity of one container at the highest rate without a gap. `basis` says where the numbers come from.

    `sound_per_s` is seconds of sound per second over all streams, `pace` the same for one stream.
    """

    name: str
    sound_per_s: float
    pace: float
    basis: str

    @property
    def streams(self) -> int:
        """Return the number of concurrent streams at that rate."""
        return max(1, math.floor(self.sound_per_s / self.pace))


SIMULATED_H100 = 460.0
"""Seconds of sound per second of a simulated H100: 66.8 requests per second in
benchmarks/results/2026-11-22-load.json."""
BANDWIDTH = {"L4": 300, "L40S": 864, "A100-80GB": 2039, "H100": 3350}
"""Memory bandwidth of each GPU in GB/s, from the data sheets."""
PACE = 4.0
"""Seconds of sound per second that one stream of a full container receives. Assumed."""
ASSUMED = tuple(
    ContainerCapacity(name, round(SIMULATED_H100 * gb_per_s / BANDWIDTH["H100"], 1), PACE, "assumed")
    for name, gb_per_s in BANDWIDTH.items()
)
"""Capacity with each GPU: the simulated H100, scaled by memory bandwidth. None has been measured."""

PRICES = {"L4": 1.12, "L40S": 2.27, "A100-80GB": 2.82, "H100": 4.27}
"""$ per hour of a container with 4 cores and 16 GiB, from docs/deployment.md."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Load: `rate` in requests per second, `sound_s` the mean seconds of sound of a request."""

    rate: float
    sound_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Plan for a load.

    `containers` run on average. Each speaks `max_running` streams at once; above `target_inputs` another starts.
    `buffer` idle containers take the requests that arrive until a new one has started.
    """

    container: ContainerCapacity
    containers: int
    max_running: int
    target_inputs: int
    buffer: int


def mean_sound_s(mix: Mapping[float, float]) -> float:
    """Return the mean of a mix of requests: seconds of sound and the number of such requests, in any unit."""
    return sum(seconds * weight for seconds, weight in mix.items()) / sum(mix.values())


def plan(demand: Demand, container: ContainerCapacity) -> Plan:
    """Return the containers that a load needs, and the idle ones that absorb random fluctuations.

    Arrivals are random (Poisson): the standard deviation of concurrent requests is the square root of their mean.
    """
    at_once = demand.rate * demand.sound_s / container.pace
    target = max(1, math.floor(container.streams * TARGET_UTILISATION))
    containers = max(1, math.ceil(at_once / target))
    buffer = max(1, math.ceil((at_once + BUFFER_DEVIATIONS * math.sqrt(at_once)) / target) - containers)
    return Plan(
        container=container, containers=containers, max_running=container.streams, target_inputs=target, buffer=buffer
    )


def measured(name: str, rows: Sequence[Mapping[str, float]]) -> ContainerCapacity:
    """Return the capacity in the last row before the first gap. Rows are loads at rising rates.

    A row has `sound_per_s`, `rtf_p50` (of a stream), `underruns`, `refused` and `failed`. Raises ValueError if the
    first row has gaps.
    """
    best = None
    for row in rows:
        if row["underruns"] or row["refused"] or row["failed"]:
            break
        best = row
    if best is None:
        raise ValueError("even the lowest rate had gaps")
    return ContainerCapacity(name, best["sound_per_s"], 1 / best["rtf_p50"], "measured")
