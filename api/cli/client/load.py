"""Many listeners of one server at once, as figures. Knows nothing of a command."""

import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from api.cli.client.arrivals import Request
from api.cli.client.figures import Figures, Outcome, figures
from api.cli.client.hearing import hear
from api.cli.client.server import Server
from api.cli.client.streams import STREAMS, Ask, Transport
from shared.errors import CommandFailed

Run = Callable[[Request[Outcome]], Coroutine[Any, Any, list[Outcome]]]
"""A closed or an open loop, but for what is asked."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked for: texts and voices by turns, the same for the same number. `seed` is that of number 0."""

    texts: tuple[str, ...]
    speakers: tuple[str, ...]
    format: str
    seed: int

    def ask(self, number: int) -> Ask:
        return {
            "text": self.texts[number % len(self.texts)],
            "speaker": self.speakers[number % len(self.speakers)],
            "format": self.format,
            "seed": self.seed + number,
        }


async def measure(server: Server, over: Transport, asking: Asking, run: Run) -> Figures:
    """The figures of a loop of requests. What fails is counted."""

    async def request(number: int) -> Outcome:
        try:
            return Outcome(await hear(STREAMS[over](server, asking.ask(number))))
        except CommandFailed as failure:
            return Outcome(None, failure.code)

    begun = time.perf_counter()
    outcomes = await run(request)
    return figures(outcomes, took_s=time.perf_counter() - begun)
