"""The command `veena3 wyoming`."""

import asyncio
import os
from functools import partial
from typing import Annotated

import typer
from wyoming.server import AsyncTcpServer

from api.cli.client.server import Key, Url, open_server
from api.cli.screen import line_console
from api.cli.wyoming.handler import Bridge, SpeechHandler
from shared.config import Settings, is_loopback, read_settings
from shared.errors import StartupError
from shared.logging import configure_logging

PORT = 10_300
"""TCP port that Home Assistant's Wyoming integration offers."""


def wyoming(
    host: Annotated[str, typer.Option(help="address to listen on; Home Assistant on another machine needs 0.0.0.0")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=1, max=65535, help="port to listen on")] = PORT,
    speaker: Annotated[str | None, typer.Option(help="voice of requests that name none; default: the first")] = None,
    url: Url = None,
    key: Key = None,
) -> None:
    """Serve Home Assistant: speak through a running server what comes over the Wyoming protocol."""
    configure_logging(read_settings(Settings).log_level)
    asyncio.run(serve(host, port, url=url, key=key, speaker=speaker))


async def serve(host: str, port: int, *, url: str | None, key: str | None, speaker: str | None) -> None:
    """Serve until SIGTERM or SIGINT. Raises StartupError for an unusable address, CommandFailed without a server."""
    console = line_console()
    async with open_server(url, key=key) as server:
        await server.voices()  # a wrong URL or key is told at once
        console.print(f"Wyoming at tcp://{host}:{port}, speaking through {server.url}")
        if not is_loopback(host):
            console.print("The protocol has no keys: every client that reaches this port may speak.")
        try:
            await AsyncTcpServer(host, port).run(partial(SpeechHandler, Bridge(server, speaker)))
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno and error.errno > 0 else "no address of this machine"
            raise StartupError(f"--port: cannot listen on {host}, port {port}: {reason}") from None
