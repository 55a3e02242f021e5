"""`veena3 smoke`: does a deployed server speak, over every transport, and let go when a listener leaves?"""

import asyncio
import io
import time
import wave
from collections.abc import AsyncIterator, Awaitable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.table import Table

from api.cli.client.hearing import hear
from api.cli.client.server import Key, Server, open_server
from api.cli.client.streams import STREAMS, Transport
from api.cli.screen import table_console
from shared.errors import CommandFailed

TEXT = "Hello, this is a short test. It has a second sentence."
LONG_TEXT = "Somebody listens to this for a moment, and then leaves. " * 40
BUFFERED_S = 0.1  # of silence that any player's buffer hides
FREED_S = 5.0  # after which the slot of a listener who left must be free; over a network


@dataclass(frozen=True, slots=True)
class Outcome:
    name: str
    passed: bool
    seen: str


def smoke(url: Annotated[str, typer.Argument(help="the server")], key: Key = None) -> None:
    """Print what was seen; exit status 1 where something is wrong."""
    if not report(asyncio.run(check_server(url, key=key))):
        raise typer.Exit(1)


def report(outcomes: list[Outcome]) -> bool:
    """Print the table; whether everything passed."""
    table = Table("check", "", "seen")
    for outcome in outcomes:
        table.add_row(outcome.name, "ok" if outcome.passed else "FAILED", outcome.seen)
    table_console().print(table)
    return all(outcome.passed for outcome in outcomes)


async def check_server(url: str, *, key: str | None) -> list[Outcome]:
    """Every check in order. Raises CommandFailed where no server answers at all."""
    async with open_server(url, key=key) as server:
        voices = (await server.get("/v1/voices"))["voices"]
        ask = {"text": TEXT, "speaker": voices[0]["id"], "seed": 1}
        return [outcome async for outcome in _outcomes(server, ask)]


async def _outcomes(server: Server, ask: dict[str, Any]) -> AsyncIterator[Outcome]:
    yield await _checked("ready", _ready(server))
    for transport in Transport:
        yield await _checked(f"stream over {transport}", _stream(server, ask, transport))
    yield await _checked("whole file", _whole(server, "/v1/tts/generate", ask))
    openai = {"model": "tts-1", "input": TEXT, "voice": ask["speaker"], "response_format": "wav"}
    yield await _checked("OpenAI's API", _whole(server, "/v1/audio/speech", openai))
    yield await _checked("a bad request", _refused(server, ask))
    yield await _checked("a listener leaves", _left(server, ask))


async def _checked(name: str, check: Awaitable[tuple[bool, str]]) -> Outcome:
    try:
        passed, seen = await check
    except CommandFailed as error:
        passed, seen = False, str(error)
    return Outcome(name, passed, seen)


async def _ready(server: Server) -> tuple[bool, str]:
    health = await server.get("/health")
    degraded = ", ".join(map(str, health["degraded"])) or "nothing"
    return health["model_loaded"], f"{health['status']}, {health['model_version']}, degraded: {degraded}"


async def _stream(server: Server, ask: dict[str, Any], transport: Transport) -> tuple[bool, str]:
    hearing = await hear(STREAMS[transport](server, ask))
    seconds, first_ms = hearing.seconds or 0.0, (hearing.first_s or 0.0) * 1000
    gap_ms = max(hearing.gaps_s, default=0.0) * 1000
    seen = f"first sound {first_ms:.0f} ms, {seconds:.2f} s of sound, largest gap {gap_ms:.0f} ms"
    seen += f", {hearing.underruns} underruns ({hearing.silent_s * 1000:.0f} ms)"
    if hearing.rtf and hearing.rtf > 1:
        seen += f"; slower than speech: {hearing.rtf:.1f} s for each second"
    return seconds > 1 and hearing.silent_s < BUFFERED_S, seen


async def _whole(server: Server, path: str, ask: dict[str, Any]) -> tuple[bool, str]:
    begun = time.perf_counter()
    answer = await server.http.post(path, json=ask)
    if not answer.is_success:
        return False, f"{answer.status_code}: {answer.text[:200]}"
    with wave.open(io.BytesIO(answer.content)) as file:  # a streamed header does not know how many frames follow
        seconds = len(file.readframes(file.getnframes())) / file.getsampwidth() / file.getframerate()
    return seconds > 1, f"{seconds:.2f} s of sound after {(time.perf_counter() - begun) * 1000:.0f} ms"


async def _refused(server: Server, ask: dict[str, Any]) -> tuple[bool, str]:
    answer = await server.http.post("/v1/tts/generate", json={**ask, "speaker": "nobody-of-this-name"})
    return answer.status_code == 400, f"{answer.status_code} {answer.json()['error']['code']}"


async def _left(server: Server, ask: dict[str, Any]) -> tuple[bool, str]:
    """The slot of a stream whose listener went away after the first sound; `queue` is one container's view.

    Others may be listening meanwhile: as many as before may run.
    """
    others = (await server.get("/health"))["queue"]["running"]
    async with aclosing(STREAMS[Transport.HTTP](server, {**ask, "text": LONG_TEXT})) as messages:
        async for message in messages:
            if message.kind == "audio":
                break
    left = time.perf_counter()
    running = others + 1
    while running > others and time.perf_counter() - left < FREED_S:
        running = (await server.get("/health"))["queue"]["running"]
    after_ms = (time.perf_counter() - left) * 1000
    return running <= others, f"{running} requests still run after {after_ms:.0f} ms, {others} before"
