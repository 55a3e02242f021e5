"""`veena3 bench`: load on a running server, measured by simulated players."""

import asyncio
import json
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import Annotated

import typer
from rich.table import Table

from api.cli.client.arrivals import Request, Until, closed_loop, open_loop
from api.cli.client.figures import Figures, RequestResult
from api.cli.client.load import LoadRun, RequestMix, measure
from api.cli.client.server import Key, Server, open_server
from api.cli.client.streams import Transport
from api.cli.progress import StepProgress, show_progress
from api.cli.screen import table_console
from audio.encoders import ENCODERS

TEXTS = (
    "Good morning, how are you today?",
    "The train leaves at nine from the second platform, and it is never late.",
    "Please open the window. It is warm in here, and the air outside is fresh and cool this evening.",
)
"""Default texts, used in turn."""
DURATION_S = 20.0
"""Default duration for each transport, in seconds."""


def bench(
    url: Annotated[str, typer.Argument(help="URL of the server")],
    streams: Annotated[
        int, typer.Option(min=1, help="closed loop: streams at once; each is followed by the next when it ends")
    ] = 4,
    rate: Annotated[
        float | None, typer.Option(min=0.001, help="open loop instead: requests per second, at random times")
    ] = None,
    duration: Annotated[
        float | None,
        typer.Option(min=0.1, help="seconds in which requests start; default 20; with --count no limit"),
    ] = None,
    count: Annotated[int | None, typer.Option(min=1, help="largest number of requests")] = None,
    over: Annotated[list[Transport] | None, typer.Option(help="one transport or several; default: all")] = None,
    text: Annotated[
        list[str] | None, typer.Option(help="text to speak; several are used in turn; default: three texts")
    ] = None,
    speaker: Annotated[
        list[str] | None, typer.Option(help="voice; several are used in turn; default: all voices")
    ] = None,
    format: Annotated[str, typer.Option(help=f"one of {', '.join(ENCODERS)}")] = "pcm",
    seed: Annotated[int, typer.Option(help="seed of the random times and of the speech")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
    key: Key = None,
) -> None:
    """Load a running server, one transport after the other, and print time to first audio, gaps and underruns.

    A simulated player plays every answer from its first sound on: an underrun is a silence that a listener hears.
    """
    until = Until(requests=count or inf, seconds=duration or (inf if count else DURATION_S))
    if rate is None:
        run: LoadRun = partial(closed_loop, streams, until=until)
        load: Figures = {"loop": "closed", "streams": streams}
    else:
        run = partial(open_loop, rate, until=until, seed=seed)
        load = {"loop": "open", "rate": rate, "seed": seed}
    mix = RequestMix(tuple(text or TEXTS), tuple(speaker or ()), format, seed)
    with show_progress() as progress:
        rows = asyncio.run(_bench(url, key, over or list(Transport), mix, run, Counted(progress, count)))
    if as_json:
        typer.echo(json.dumps({"url": url, "load": load, "transports": rows}, indent=2))
    else:
        table_console().print(_table(rows))


@dataclass(frozen=True, slots=True)
class Counted:
    """Progress over the requests of a load; `total` is their number for each transport, if it is known."""

    progress: StepProgress
    total: int | None

    async def measure(self, server: Server, transport: Transport, mix: RequestMix, run: LoadRun) -> Figures:
        """Measure a load over one transport, and count its requests."""

        async def counting(request: Request[RequestResult]) -> list[RequestResult]:
            async def counted(number: int) -> RequestResult:
                result = await request(number)
                self.progress.advance()
                return result

            return await run(counted)

        with self.progress.step(f"over {transport}", total=self.total, unit="requests"):
            return await measure(server, transport, mix, counting)


async def _bench(
    url: str, key: str | None, over: list[Transport], mix: RequestMix, run: LoadRun, counted: Counted
) -> dict[str, Figures]:
    async with open_server(url, key=key) as server:
        if not mix.speakers:
            voices = await server.voices()
            mix = replace(mix, speakers=tuple(voice.id for voice in voices))
        return {transport.value: await counted.measure(server, transport, mix, run) for transport in over}


def _table(rows: dict[str, Figures]) -> Table:
    """Return a table with a column for each transport and related figures in one line."""
    table = Table("", *rows)
    for name, keys in _LINES.items():
        table.add_row(name, *(" / ".join(_formatted(row[key]) for key in keys) for row in rows.values()))
    return table


def _formatted(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{code} {count}" for code, count in value.items()) or "-"
    return "-" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _percentiles(name: str) -> list[str]:
    return [f"{name}_p50", f"{name}_p95", f"{name}_p99"]


_LINES = {
    "requests": ["requests"],
    "completed / refused / failed": ["completed", "refused", "failed"],
    "error codes": ["codes"],
    "first sound, ms: p50 / p95 / p99": _percentiles("first_sound_ms"),
    "first audible sound, ms": _percentiles("audible_ms"),
    "gap between blocks, ms": _percentiles("gap_ms"),
    "streams with underruns / underruns": ["streams_with_underruns", "underruns"],
    "silence in a stream, ms": _percentiles("silence_ms"),
    "longest silence, ms": ["longest_silence_ms"],
    "headroom at the second block, ms: p5 / p50": ["headroom_at_second_block_ms_p5", "headroom_at_second_block_ms_p50"],
    "real time factor: p50": ["rtf_p50"],
    "seconds of sound per second": ["sound_per_s"],
}
