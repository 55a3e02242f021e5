"""How many containers a load needs: arithmetic on one container's measured curve. Knows nothing of a platform.

docs/capacity.md says what of it is measured, simulated and assumed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

USED = 0.7  # of what one container can carry, on average: the rest is for chance
SURE = 3.0  # standard deviations of the number of requests at once that are provided for


@dataclass(frozen=True, slots=True)
class ContainerCapacity:
    """What one container carries without a gap. `basis` says where that is known from.

    `sound_per_s`: seconds of sound made a second by all streams together, at the highest rate at which no listener
    heard a gap. `pace`: seconds of sound that one stream gets in a second then.
    """

    name: str
    sound_per_s: float
    pace: float
    basis: str

    @property
    def streams(self) -> int:
        """At once, at that rate."""
        return max(1, math.floor(self.sound_per_s / self.pace))


SIMULATED_H100 = 460.0  # seconds of sound a second; benchmarks/results/2026-11-22-load.json, 66.8 requests a second
BANDWIDTH = {"L4": 300, "L40S": 864, "A100-80GB": 2039, "H100": 3350}  # GB/s, of the data sheets
PACE = 4.0  # seconds of sound a second that a stream gets beside as many others as there is room for
ASSUMED = tuple(
    ContainerCapacity(name, round(SIMULATED_H100 * width / BANDWIDTH["H100"], 1), PACE, "assumed")
    for name, width in BANDWIDTH.items()
)
"""Of each GPU, by its memory's bandwidth, from an H100 that exists in a simulation only: nobody has measured one."""

PRICES = {"L4": 1.12, "L40S": 2.27, "A100-80GB": 2.82, "H100": 4.27}
"""$ an hour with 4 cores and 16 GiB: docs/deployment.md."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """`rate`: requests a second. `sound_s`: seconds of sound of a request, on average."""

    rate: float
    sound_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`containers` run on average; `max_inputs` streams one takes, `target_inputs` above which another is started;
    `buffer` containers idle for what comes before a new one has started."""

    container: ContainerCapacity
    containers: int
    max_inputs: int
    target_inputs: int
    buffer: int


def mean_sound_s(mix: Mapping[float, float]) -> float:
    """Of a mix of requests: seconds of sound to how many of them there are."""
    return sum(seconds * weight for seconds, weight in mix.items()) / sum(mix.values())


def plan(demand: Demand, container: ContainerCapacity) -> Plan:
    """The containers that the load needs, and those that are idle so that chance finds room.

    Requests come at random: of those that are there at once, the square root of their mean is the deviation.
    """
    at_once = demand.rate * demand.sound_s / container.pace
    target = max(1, math.floor(container.streams * USED))
    containers = max(1, math.ceil(at_once / target))
    buffer = max(1, math.ceil((at_once + SURE * math.sqrt(at_once)) / target) - containers)
    return Plan(
        container=container, containers=containers, max_inputs=container.streams, target_inputs=target, buffer=buffer
    )


def measured(name: str, rows: Sequence[Mapping[str, float]]) -> ContainerCapacity:
    """From the rows of a load at rising rates: the last before the first at which somebody heard a gap.

    A row has `sound_per_s`, `rtf_p50` (of a stream), `underruns`, `refused` and `failed`. Raises ValueError.
    """
    best = None
    for row in rows:
        if row["underruns"] or row["refused"] or row["failed"]:
            break
        best = row
    if best is None:
        raise ValueError("even the lowest rate had gaps")
    return ContainerCapacity(name, best["sound_per_s"], 1 / best["rtf_p50"], "measured")
