"""Load on one server: many requests at once, and their figures. Knows nothing of a command."""

import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from api.cli.client.arrivals import Request
from api.cli.client.figures import Figures, RequestResult, figures
from api.cli.client.playback import play_stream
from api.cli.client.server import Server
from api.cli.client.streams import STREAMS, RequestFields, Transport
from shared.errors import CommandFailed

LoadRun = Callable[[Request[RequestResult]], Coroutine[Any, Any, list[RequestResult]]]
"""A closed or an open loop over a request that is still to be given."""


@dataclass(frozen=True, slots=True)
class RequestMix:
    """Texts and voices of a load, used in turn: the same for the same number. `seed` is that of request 0."""

    texts: tuple[str, ...]
    speakers: tuple[str, ...]
    format: str
    seed: int

    def fields(self, number: int) -> RequestFields:
        """Return the fields of request `number`."""
        return {
            "text": self.texts[number % len(self.texts)],
            "speaker": self.speakers[number % len(self.speakers)],
            "format": self.format,
            "seed": self.seed + number,
        }


async def measure(server: Server, over: Transport, mix: RequestMix, run: LoadRun) -> Figures:
    """Return the figures of a load. Failed requests are counted."""

    async def request(number: int) -> RequestResult:
        try:
            return RequestResult(await play_stream(STREAMS[over](server, mix.fields(number))))
        except CommandFailed as failure:
            return RequestResult(None, failure.code)

    begun = time.perf_counter()
    results = await run(request)
    return figures(results, took_s=time.perf_counter() - begun)
