"""`veena3 say`: hear a server speak, or keep what it says, and see how fast it was."""

import asyncio
import sys
import time
from contextlib import AsyncExitStack, aclosing
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from api.cli.client.hearing import Hearing
from api.cli.client.server import Key, Server, Url, open_server
from api.cli.client.streams import STREAMS, Received, Transport
from api.cli.screen import line_console
from api.cli.sink import Write, check_sink, open_sink
from audio.encoders import ENCODERS

SoundFormat = Annotated[str, typer.Option(help=f"one of {', '.join(ENCODERS)}")]


def say(
    text: Annotated[str, typer.Argument(help="what to say; `-` reads standard input")],
    speaker: Annotated[str | None, typer.Option(help="a voice's id or alias; default: the server's first")] = None,
    out: Annotated[str | None, typer.Option(help="file, or `-` for standard output; default: a player")] = None,
    format: SoundFormat = "wav",
    speed: Annotated[float, typer.Option(help="0.25 to 4, at the same pitch")] = 1.0,
    seed: Annotated[int | None, typer.Option(help="same words, same seed: same sound")] = None,
    over: Annotated[Transport, typer.Option(help="how the sound travels")] = Transport.SSE,
    show_metrics: Annotated[bool, typer.Option(help="print when each message came")] = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Say a text at a running server: to a file, a pipe or a player, while it is made."""
    check_sink(out, format=format)
    words = sys.stdin.read() if text == "-" else text
    ask: dict[str, Any] = {"text": words, "speaker": speaker, "format": format, "speed": speed}
    if seed is not None:
        ask["seed"] = seed
    console = line_console(stderr=True)
    hearing = asyncio.run(_say(url, key, ask, over, out, Reporter(console, show_metrics=show_metrics)))
    console.print(_summary(hearing))


async def _say(
    url: str | None, key: str | None, ask: dict[str, Any], over: Transport, out: str | None, reporter: "Reporter"
) -> Hearing:
    async with open_server(url, key=key) as server:
        if ask["speaker"] is None:
            ask["speaker"] = (await server.get("/v1/voices"))["voices"][0]["id"]
        return await _listen(server, ask, over, out, reporter)


async def _listen(
    server: Server, ask: dict[str, Any], over: Transport, out: str | None, reporter: "Reporter"
) -> Hearing:
    """The sink is opened only when there is something to hear: a refusal leaves an older file as it was."""
    hearing = Hearing(asked=time.perf_counter())
    async with AsyncExitStack() as held, aclosing(STREAMS[over](server, ask)) as messages:
        write: Write | None = None
        with reporter.progress:
            async for message in messages:
                hearing.hear(message)
                reporter.report(message, hearing)
                if message.kind == "start":
                    write = await held.enter_async_context(open_sink(out))
                if message.audio and write:
                    write(message.audio)
    return hearing


class Reporter:
    """What is seen on a terminal while a stream is heard."""

    def __init__(self, console: Console, *, show_metrics: bool) -> None:
        columns = BarColumn(), TextColumn("{task.completed:.1f} s of sound"), TimeElapsedColumn()
        self.progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._bar = self.progress.add_task("", total=None)
        self._console, self._show_metrics = console, show_metrics
        self._before: float | None = None

    def report(self, message: Received, hearing: Hearing) -> None:
        self.progress.update(self._bar, completed=message.begins_s or hearing.seconds)
        if not self._show_metrics:
            return
        after_ms = (message.at - (self._before or hearing.asked)) * 1000
        self._before = message.at
        line = f"{(message.at - hearing.asked) * 1000:8.1f} ms  +{after_ms:7.1f} ms  {message.kind:8}"
        if message.audio:
            line += f"{len(message.audio):7} bytes"
            line += f" at {message.begins_s:8.3f} s" if message.begins_s is not None else ""
        self._console.print(line)


def _summary(hearing: Hearing) -> str:
    first_ms = (hearing.first_s or 0.0) * 1000
    gap_ms = max(hearing.gaps_s, default=0.0) * 1000
    said = f"first sound after {first_ms:.0f} ms, all after {hearing.took_s:.2f} s, largest gap {gap_ms:.0f} ms"
    if hearing.seconds is None or hearing.rtf is None:
        return f"{said}; how long a compressed sound is, --over http does not say"
    silences = f"{hearing.underruns} underruns ({hearing.silent_s * 1000:.0f} ms)"
    return f"{said}; {hearing.seconds:.2f} s of sound, real time factor {hearing.rtf:.3f}, {silences}"
