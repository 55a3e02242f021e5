"""uvicorn, the same for every way to serve the app: its configuration, and a stop that lets running requests end."""

import asyncio
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain
from socket import socket
from types import FrameType
from typing import NoReturn

import uvicorn
from fastapi import FastAPI
from uvicorn.server import HANDLED_SIGNALS

from api.connections import (
    ACCEPTED_AT_ONCE,
    MAX_UNACCEPTED,
    HttpConnection,
    SocketConnection,
    raise_descriptor_limit,
)
from services.speech import SpeechService
from shared.config import Settings

BREAK_S = 0.5
"""Seconds in which requests end once they are broken off: to send an error, then again to see their connection cut."""
CHECK_S = 0.1
"""Seconds between two checks for a second SIGINT."""


class Server(uvicorn.Server):
    """Server of one app.

    At SIGTERM, SIGINT or `stop` the listener stays open: `/ready` and new requests are answered 503 while running
    requests end. They have `drain_s` seconds, by default the settings' DRAIN_S; a second SIGINT ends the wait.
    """

    def __init__(self, app: FastAPI, settings: Settings, *, port: int, drain_s: float | None = None) -> None:
        raise_descriptor_limit()
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.host,
                port=port,
                http=HttpConnection,
                ws=SocketConnection,
                ws_max_size=settings.max_body_bytes,
                ws_per_message_deflate=False,  # 1 KB may become 1 MB, and each connection keeps its window's memory
                backlog=ACCEPTED_AT_ONCE,
                log_config=None,
                timeout_keep_alive=settings.keep_alive_s,
                timeout_graceful_shutdown=1,  # all requests have ended before
            )
        )
        self._service: SpeechService = app.state.service
        self._drain_s = settings.drain_s if drain_s is None else drain_s
        self._running: set[asyncio.Task[None]] = set()

    def stop(self, *, drain_s: float | None = None) -> None:
        """Stop as at SIGTERM; `drain_s` replaces the server's own."""
        self._service.stopping.begin(self._drain_s if drain_s is None else drain_s)
        self.should_exit = True

    async def serve(self, sockets: list[socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().serve(sockets)

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Listen. asyncio has one number for the kernel's queue and for the connections that it accepts in one turn."""
        await super().startup(sockets)
        for listener in chain.from_iterable(server.sockets for server in self.servers):
            with closing(listener.dup()) as duplicate:
                duplicate.listen(MAX_UNACCEPTED)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Handle a signal, in the midst of other code: the loop stops the server at its next turn."""
        super().handle_exit(sig, frame)
        self._loop.call_soon_threadsafe(self.stop)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals while the server runs.

        uvicorn raises them again at its end, which ends a process by SIGTERM or with a traceback; here its status is 0.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Let the running requests end, break off the rest, then close everything."""
        self.stop()
        self._running = set(self.server_state.tasks)
        for connection in tuple(self.server_state.connections):
            if isinstance(connection, HttpConnection | SocketConnection):
                connection.drain()
        if not await self._ended(self._service.stopping.left_s):
            self._service.break_off()
            if not await self._ended(BREAK_S):
                for connection in tuple(self.server_state.connections):
                    connection.transport.abort()
                await self._ended(BREAK_S)
        await super().shutdown(sockets)

    async def _ended(self, within_s: float) -> bool:
        """Wait until the requests that ran at the beginning of the stop have ended; report whether they have."""
        until = time.monotonic() + within_s
        while (running := {task for task in self._running if not task.done()}) and not self.force_exit:
            if (left_s := until - time.monotonic()) <= 0:
                return False
            await asyncio.wait(running, timeout=min(CHECK_S, left_s))
        return not running


def end_process() -> NoReturn:
    """End this process with status 0 once everything is closed.

    The interpreter's own end takes apart torch's modules: 1 s, and 7 s on a busy machine (measured).
    """
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)
