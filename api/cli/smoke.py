"""`veena3 smoke`: checks of a deployed server: every transport, a whole file, errors, and cancellation."""

import asyncio
import io
import time
import wave
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.table import Table

from api.cli.client.playback import play_stream
from api.cli.client.printing import printable
from api.cli.client.probe import push_results
from api.cli.client.server import Key, Server, command_failures, open_server
from api.cli.client.streams import STREAMS, Transport
from api.cli.progress import StepProgress, show_progress
from api.cli.screen import table_console
from shared.access import ProbeAccess
from shared.config import read_settings
from shared.errors import CommandFailed
from veena3_client import APIStatusError

TEXT = "Hello, this is a short test. It has a second sentence."
LONG_TEXT = "Somebody listens to this for a moment, and then leaves. " * 40
BUFFERED_S = 0.1
"""Seconds of silence in a stream that still pass: the buffer of any player hides them."""
FREED_S = 5.0
"""Seconds within which the slot of a client that disconnected must be free, over a network."""


@dataclass(frozen=True, slots=True)
class SmokeResult:
    """Result of one check; `details` is for the operator."""

    name: str
    passed: bool
    details: str


def smoke(
    url: Annotated[str, typer.Argument(help="URL of the server")],
    key: Key = None,
    header: Annotated[
        list[str] | None,
        typer.Option(envvar="VEENA3_HEADERS", help="header NAME:VALUE of every request, such as a proxy's token"),
    ] = None,
    push: Annotated[
        str | None, typer.Option(help="collector that is told the results, http://host:4318/v1/metrics")
    ] = None,
) -> None:
    """Check a deployed server and print the results; exit status 1 if a check fails."""
    if not _check_and_push(url, key=key, headers=header or (), push=push):
        raise typer.Exit(1)


def probe_server(url: str) -> bool:
    """Check a server as a scheduled function does, with the environment's key and collector; report success."""
    access = read_settings(ProbeAccess)
    headers, push = access.veena3_headers.split(), access.otlp_metrics_endpoint
    return _check_and_push(url, key=access.veena3_api_key, headers=headers, push=push)


def _check_and_push(url: str, *, key: str | None, headers: Iterable[str], push: str | None) -> bool:
    results: list[SmokeResult] = []
    try:
        results = asyncio.run(check_server(url, key=key, headers=headers))
    finally:
        if push:
            push_results([(result.name, result.passed) for result in results], target=url, endpoint=push)
    return report(results)


def report(results: list[SmokeResult]) -> bool:
    """Print the results as a table; return whether all checks passed."""
    table = Table("check", "", "details")
    for result in results:
        table.add_row(result.name, "ok" if result.passed else "FAILED", result.details)
    table_console().print(table)
    return all(result.passed for result in results)


async def check_server(url: str, *, key: str | None, headers: Iterable[str] = ()) -> list[SmokeResult]:
    """Run all checks in order. Raises CommandFailed if no server answers."""
    async with open_server(url, key=key, headers=headers) as server:
        voices = await server.voices()
        request = {"text": TEXT, "speaker": voices[0].id, "seed": 1}
        with show_progress() as progress:
            return [await _run(name, check, progress) for name, check in _checks(server, request)]


def _checks(server: Server, request: dict[str, Any]) -> Iterator[tuple[str, Awaitable[tuple[bool, str]]]]:
    yield "ready", _ready(server)
    for transport in Transport:
        yield f"stream over {transport}", _stream(server, request, transport)
    yield "whole file", _whole(server, "/v1/tts/generate", request)
    openai = {"model": "tts-1", "input": TEXT, "voice": request["speaker"], "response_format": "wav"}
    yield "OpenAI's API", _whole(server, "/v1/audio/speech", openai)
    yield "invalid request", _refused(server, request)
    yield "client disconnects", _disconnected(server, request)


async def _run(name: str, check: Awaitable[tuple[bool, str]], progress: StepProgress) -> SmokeResult:
    try:
        with progress.step(name):
            passed, details = await check
    except CommandFailed as error:
        passed, details = False, str(error)
    return SmokeResult(name, passed, details)


async def _ready(server: Server) -> tuple[bool, str]:
    health = await server.health()
    degraded = ", ".join(map(str, health["degraded"])) or "nothing"
    return health["model_loaded"], f"{health['status']}, {health['model_version']}, degraded: {degraded}"


async def _stream(server: Server, request: dict[str, Any], transport: Transport) -> tuple[bool, str]:
    playback = await play_stream(STREAMS[transport](server, request))
    seconds, first_ms = playback.seconds or 0.0, (playback.first_s or 0.0) * 1000
    gap_ms = max(playback.gaps_s, default=0.0) * 1000
    details = f"first sound {first_ms:.0f} ms, {seconds:.2f} s of sound, largest gap {gap_ms:.0f} ms"
    details += f", {playback.underruns} underruns ({playback.silent_s * 1000:.0f} ms)"
    if playback.rtf and playback.rtf > 1:
        details += f"; slower than real time: {playback.rtf:.1f} s for each second of sound"
    return seconds > 1 and playback.silent_s < BUFFERED_S, details


async def _whole(server: Server, path: str, body: dict[str, Any]) -> tuple[bool, str]:
    begun = time.perf_counter()
    with command_failures():
        answer = await server.client.request("POST", path, json=body)
    with wave.open(io.BytesIO(answer.content)) as file:  # the header of a stream does not give the number of frames
        seconds = len(file.readframes(file.getnframes())) / file.getsampwidth() / file.getframerate()
    return seconds > 1, f"{seconds:.2f} s of sound after {(time.perf_counter() - begun) * 1000:.0f} ms"


async def _refused(server: Server, request: dict[str, Any]) -> tuple[bool, str]:
    with command_failures():
        try:
            await server.client.request("POST", "/v1/tts/generate", json={**request, "speaker": "no-such-speaker"})
        except APIStatusError as error:
            return error.status_code == 400, f"{error.status_code} {printable(error.code)}"
    return False, "the server accepted it"


async def _disconnected(server: Server, request: dict[str, Any]) -> tuple[bool, str]:
    """Check that the slot of a stream is freed when its client disconnects after the first sound.

    Other requests may run meanwhile, as many as before. `queue` is the view of one container.
    """
    before = (await server.health())["queue"]["running"]
    async with aclosing(STREAMS[Transport.HTTP](server, {**request, "text": LONG_TEXT})) as messages:
        async for message in messages:
            if message.type == "audio":
                break
    disconnected = time.perf_counter()
    running = before + 1
    while running > before and time.perf_counter() - disconnected < FREED_S:
        running = (await server.health())["queue"]["running"]
    after_ms = (time.perf_counter() - disconnected) * 1000
    return running <= before, f"{running} requests run after {after_ms:.0f} ms, {before} before"
