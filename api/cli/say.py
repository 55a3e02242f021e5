"""`veena3 say`: speak a text at a running server, to a player, a file or a pipe, and print how fast it was."""

import asyncio
import time
from contextlib import AsyncExitStack, aclosing
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from api.cli.caption_files import CaptionFiles
from api.cli.client.playback import StreamPlayback
from api.cli.client.server import Key, Server, Url, open_server
from api.cli.client.streams import STREAMS, Transport
from api.cli.reading import (
    DateOrder,
    DigitGrouping,
    Language,
    NumberScale,
    RepeatedDigits,
    checked_language,
)
from api.cli.screen import line_console
from api.cli.sink import Sink, check_sink, format_of, open_sink
from api.cli.speech_options import Format, InputType, Markup, Seed, Speaker, Speed
from api.cli.stdio import check_text, read_text
from shared.errors import CommandFailed
from veena3_client import Event


def say(
    text: Annotated[str, typer.Argument(help="text to speak; `-` reads standard input")],
    speaker: Speaker = None,
    out: Annotated[str | None, typer.Option(help="file, or `-` for standard output; default: a player")] = None,
    format: Format = None,
    speed: Speed = 1.0,
    seed: Seed = None,
    input_type: Markup = InputType.TEXT,
    language: Language = None,
    date_order: DateOrder = "dmy",
    number_scale: NumberScale = "auto",
    digit_grouping: DigitGrouping = None,
    repeated_digits: RepeatedDigits = "single",
    srt: Annotated[str | None, typer.Option(help="file for captions in SubRip's form")] = None,
    vtt: Annotated[str | None, typer.Option(help="file for captions in WebVTT's form")] = None,
    over: Annotated[Transport, typer.Option(help="transport of the sound")] = Transport.SSE,
    show_metrics: Annotated[bool, typer.Option(help="print the arrival time of each message")] = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Speak a text at a running server, and write the sound to a file, a pipe or a player as it arrives."""
    format = format or format_of(out)
    check_sink(out, format=format)
    captions = CaptionFiles.of(srt=srt, vtt=vtt)
    if captions.paths and over is Transport.HTTP:
        raise CommandFailed("--srt and --vtt need --over sse or ws: over http only the sound is streamed")
    written = read_text() if text == "-" else check_text(text)
    request: dict[str, Any] = {"text": written, "speaker": speaker, "format": format, "speed": speed}
    if input_type is not InputType.TEXT:
        request["input_type"] = input_type.value
    given = {"seed": seed, "language": checked_language(language), "digit_grouping": digit_grouping}
    request |= {field: value for field, value in given.items() if value is not None}
    request |= {"date_order": date_order, "number_scale": number_scale, "repeated_digits": repeated_digits}
    request |= {"timestamps": True} if captions.paths else {}
    console = line_console(stderr=True)
    reporter = Reporter(console, captions, show_metrics=show_metrics)
    playback = asyncio.run(_say(url, key, request, over, out, reporter))
    captions.write(written)
    console.print(_summary(playback))


async def _say(
    url: str | None, key: str | None, request: dict[str, Any], over: Transport, out: str | None, reporter: "Reporter"
) -> StreamPlayback:
    async with open_server(url, key=key) as server:
        if request["speaker"] is None:
            request["speaker"] = (await server.voices())[0].id
        return await _receive(server, request, over, out, reporter)


async def _receive(
    server: Server, request: dict[str, Any], over: Transport, out: str | None, reporter: "Reporter"
) -> StreamPlayback:
    """Write a stream to its sink, opened when the stream starts: a refusal leaves an existing file as it is."""
    playback = StreamPlayback(asked=time.perf_counter())
    async with AsyncExitStack() as held, aclosing(STREAMS[over](server, request)) as messages:
        sink: Sink | None = None
        with reporter.progress:
            async for message in messages:
                playback.receive(message)
                reporter.report(message, playback)
                if message.type == "start":
                    sink = await held.enter_async_context(open_sink(out, format=request["format"]))
                    sink.rate = message.fields["sample_rate"]
                if message.audio and sink:
                    sink.write(message.audio)
                if message.type == "end" and sink:
                    sink.seconds = playback.seconds
    return playback


class Reporter:
    """Output while a stream is received: captions, and a progress bar or a line for each message."""

    def __init__(self, console: Console, captions: CaptionFiles, *, show_metrics: bool) -> None:
        self._captions = captions
        columns = BarColumn(), TextColumn("{task.completed:.1f} s of sound"), TimeElapsedColumn()
        self.progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._bar = self.progress.add_task("", total=None)
        self._console, self._show_metrics = console, show_metrics
        self._before: float | None = None

    def report(self, message: Event, playback: StreamPlayback) -> None:
        """Show one message. Raises CommandFailed where captions cannot be written."""
        self._captions.receive(message)
        self.progress.update(self._bar, completed=message.begins_s or playback.seconds)
        if not self._show_metrics:
            return
        after_ms = (message.at - (self._before or playback.asked)) * 1000
        self._before = message.at
        line = f"{(message.at - playback.asked) * 1000:8.1f} ms  +{after_ms:7.1f} ms  {message.type:8}"
        if message.audio:
            line += f"{len(message.audio):7} bytes"
            line += f" at {message.begins_s:8.3f} s" if message.begins_s is not None else ""
        self._console.print(line)


def _summary(playback: StreamPlayback) -> str:
    first_ms = (playback.first_s or 0.0) * 1000
    gap_ms = max(playback.gaps_s, default=0.0) * 1000
    times = f"first sound after {first_ms:.0f} ms, all after {playback.took_s:.2f} s, largest gap {gap_ms:.0f} ms"
    if playback.seconds is None or playback.rtf is None:
        return f"{times}; length unknown: --over http does not report it for compressed formats"
    silences = f"{playback.underruns} underruns ({playback.silent_s * 1000:.0f} ms)"
    return f"{times}; {playback.seconds:.2f} s of sound, real time factor {playback.rtf:.3f}, {silences}"
