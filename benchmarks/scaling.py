"""Simulate Modal's scaling under random arrivals, to test a plan of `veena3 plan`.

The simulation follows Modal's documents: an input goes to a container with free capacity, at most `max_running` each. A
container is started, which takes `cold_start_s`, when there are more than `target_inputs` inputs for each, or fewer
than `buffer` idle ones. A container that is idle for `scaledown_s` is stopped. An input waits while no container has
capacity. Example: `python -m benchmarks.scaling --rate 200 --sound 4`.
"""

import heapq
import itertools
import math
from collections import deque
from dataclasses import asdict, dataclass, field
from random import Random

import numpy as np

from benchmarks import report
from tools.capacity import ASSUMED, Demand, Plan, plan

MAX_CONTAINERS_FACTOR = 2
"""DEPLOY_MAX_CONTAINERS as a multiple of the planned containers. Without a limit a cold start orders thousands."""


@dataclass(slots=True)
class _Container:
    running: int = 0
    idle_since: float = 0.0


@dataclass(slots=True)
class _State:
    """Containers and inputs now. `starting` holds the times at which containers become ready."""

    up: list[_Container] = field(default_factory=list)
    starting: list[float] = field(default_factory=list)
    waiting: deque[float] = field(default_factory=deque)
    waits_s: list[float] = field(default_factory=list)
    container_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ScalingResult:
    """Result of a simulation. `waiting_share` is the share of requests that waited for a container.

    `containers` is the mean number of containers, starting ones included.
    """

    requests: int
    waiting_share: float
    wait_p99_s: float
    wait_max_s: float
    containers: float
    max_containers: int


class Scaling:
    """Simulation of one plan, which starts with `warm` containers."""

    def __init__(
        self, chosen: Plan, demand: Demand, *, cold_start_s: float, scaledown_s: float, warm: int, seed: int
    ) -> None:
        self._plan, self._demand = chosen, demand
        self._cold_start_s, self._scaledown_s = cold_start_s, scaledown_s
        self._state, self._random = _State(up=[_Container() for _ in range(warm)]), Random(seed)
        self._ends: list[tuple[float, int, _Container]] = []
        self._numbers, self._now, self._max_containers = itertools.count(), 0.0, warm

    def run(self, seconds: float) -> ScalingResult:
        """Simulate so many seconds of arrivals."""
        at = 0.0
        while (at := at + self._random.expovariate(self._demand.rate)) < seconds:
            self._advance(at)
            self._state.waiting.append(at)
            self._settle()
        self._advance(seconds)
        waits = np.array(self._state.waits_s)
        return ScalingResult(
            requests=len(waits),
            waiting_share=float((waits > 0).mean()),
            wait_p99_s=float(np.percentile(waits, 99)),
            wait_max_s=float(waits.max()),
            containers=self._state.container_s / seconds,
            max_containers=self._max_containers,
        )

    def _advance(self, until: float) -> None:
        """Process the ends of inputs and starts of containers up to a time."""
        while True:
            state = self._state
            end = self._ends[0][0] if self._ends else math.inf
            ready = min(state.starting, default=math.inf)
            if min(end, ready) > until:
                return self._pass(until)
            if ready <= end:
                self._pass(ready)
                state.starting.remove(ready)
                state.up.append(_Container(idle_since=ready))
            else:
                self._pass(end)
                _, _, container = heapq.heappop(self._ends)
                container.running -= 1
                container.idle_since = end
            self._settle()

    def _pass(self, now: float) -> None:
        state = self._state
        state.container_s += (len(state.up) + len(state.starting)) * (now - self._now)
        self._now = now

    def _settle(self) -> None:
        state, chosen = self._state, self._plan
        while state.waiting and (room := [c for c in state.up if c.running < chosen.max_running]):
            container = max(room, key=lambda c: c.running if c.running < chosen.target_inputs else -c.running)
            container.running += 1
            state.waits_s.append(self._now - state.waiting.popleft())
            sound_s = self._random.uniform(0.5, 1.5) * self._demand.sound_s
            heapq.heappush(self._ends, (self._now + sound_s / chosen.container.pace, next(self._numbers), container))
        at_once = sum(c.running for c in state.up) + len(state.waiting)
        wanted = min(
            math.ceil(at_once / chosen.target_inputs) + chosen.buffer,
            MAX_CONTAINERS_FACTOR * (chosen.containers + chosen.buffer),
        )
        for _ in range(wanted - len(state.up) - len(state.starting)):
            state.starting.append(self._now + self._cold_start_s)
        self._max_containers = max(self._max_containers, len(state.up) + len(state.starting))
        spare = len(state.up) - wanted
        for container in [c for c in state.up if not c.running and self._now - c.idle_since > self._scaledown_s]:
            if spare > 0:
                state.up.remove(container)
                spare -= 1


def main() -> None:
    parser = report.output_option("scaling")
    parser.add_argument("--rate", type=float, default=200.0, help="requests per second")
    parser.add_argument("--sound", type=float, default=4.0, help="seconds of sound of a request")
    parser.add_argument("--cold-start", type=float, default=90.0, help="seconds until a container is ready")
    parser.add_argument("--scaledown", type=float, default=180.0, help="idle seconds until a container is stopped")
    parser.add_argument("--seconds", type=float, default=1800.0, help="seconds of simulated arrivals")
    arguments = parser.parse_args()
    demand = Demand(rate=arguments.rate, sound_s=arguments.sound)
    times = {"cold_start_s": arguments.cold_start, "scaledown_s": arguments.scaledown}
    figures: dict[str, object] = asdict(demand) | times
    for container in ASSUMED:
        chosen = plan(demand, container)
        for start, warm in (("warm", chosen.containers + chosen.buffer), ("cold", 1)):
            scaling = Scaling(chosen, demand, **times, warm=warm, seed=1)
            figures[f"{container.name}, {start}"] = asdict(scaling.run(arguments.seconds))
            print(container.name, start, figures[f"{container.name}, {start}"], flush=True)
    report.write(arguments.out, figures)


if __name__ == "__main__":
    main()
