"""`veena3 bench`: many listeners at once, and what each of them notices."""

import asyncio
import json
from functools import partial
from math import inf
from typing import Annotated

import typer
from rich.table import Table

from api.cli.client.arrivals import Until, closed_loop, open_loop
from api.cli.client.figures import Figures
from api.cli.client.load import Asking, Run, measure
from api.cli.client.server import Key, open_server
from api.cli.client.streams import Transport
from api.cli.say import SoundFormat
from api.cli.screen import table_console

TEXTS = (
    "Good morning, how are you today?",
    "The train leaves at nine from the second platform, and it is never late.",
    "Please open the window. It is warm in here, and the air outside is fresh and cool this evening.",
)
DURATION_S = 20.0


def bench(
    url: Annotated[str, typer.Argument(help="the server")],
    streams: Annotated[int, typer.Option(min=1, help="closed loop: so many at once, each asking again when done")] = 4,
    rate: Annotated[
        float | None, typer.Option(min=0.001, help="open loop instead: requests a second, at random times")
    ] = None,
    duration: Annotated[
        float | None, typer.Option(min=0.1, help="ask for so many seconds; default 20, or no end")
    ] = None,
    count: Annotated[int | None, typer.Option(min=1, help="ask so often at most")] = None,
    over: Annotated[list[Transport] | None, typer.Option(help="a transport, or several; default: each")] = None,
    text: Annotated[list[str] | None, typer.Option(help="what to say, or several by turns; default: three")] = None,
    speaker: Annotated[list[str] | None, typer.Option(help="a voice, or several by turns; default: all")] = None,
    format: SoundFormat = "pcm",
    seed: Annotated[int, typer.Option(help="of the random times, and of the speech")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
    key: Key = None,
) -> None:
    """Load a running server, one transport after the other, and print what its listeners noticed.

    Every answer is played by a simulated player that starts at the first sound: an underrun is a silence that would
    have been heard.
    """
    until = Until(requests=count or inf, seconds=duration or (inf if count else DURATION_S))
    if rate is None:
        run: Run = partial(closed_loop, streams, until=until)
        load: Figures = {"loop": "closed", "streams": streams}
    else:
        run = partial(open_loop, rate, until=until, seed=seed)
        load = {"loop": "open", "rate": rate, "seed": seed}
    asking = Asking(tuple(text or TEXTS), tuple(speaker or ()), format, seed)
    rows = asyncio.run(_bench(url, key, over or list(Transport), asking, run))
    if as_json:
        typer.echo(json.dumps({"url": url, "load": load, "transports": rows}, indent=2))
    else:
        table_console().print(_table(rows))


async def _bench(url: str, key: str | None, over: list[Transport], asking: Asking, run: Run) -> dict[str, Figures]:
    async with open_server(url, key=key) as server:
        if not asking.speakers:
            voices = (await server.get("/v1/voices"))["voices"]
            asking = Asking(asking.texts, tuple(voice["id"] for voice in voices), asking.format, asking.seed)
        return {transport.value: await measure(server, transport, asking, run) for transport in over}


def _table(rows: dict[str, Figures]) -> Table:
    """A column for each transport; what belongs together is in one line."""
    table = Table("", *rows)
    for name, keys in _LINES.items():
        table.add_row(name, *(" / ".join(_shown(row[key]) for key in keys) for row in rows.values()))
    return table


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{code} {count}" for code, count in value.items()) or "-"
    return "-" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _shares(name: str) -> list[str]:
    return [f"{name}_p50", f"{name}_p95", f"{name}_p99"]


_LINES = {
    "requests": ["requests"],
    "completed / refused / failed": ["completed", "refused", "failed"],
    "why not": ["codes"],
    "first sound, ms: p50 / p95 / p99": _shares("first_sound_ms"),
    "first audible sound, ms": _shares("audible_ms"),
    "gap between blocks, ms": _shares("gap_ms"),
    "streams with underruns / underruns": ["streams_with_underruns", "underruns"],
    "silence in a stream, ms": _shares("silence_ms"),
    "longest silence, ms": ["longest_silence_ms"],
    "headroom at the second block, ms: p5 / p50": ["headroom_at_second_block_ms_p5", "headroom_at_second_block_ms_p50"],
    "real time factor: p50": ["rtf_p50"],
    "seconds of sound a second": ["sound_per_s"],
}
