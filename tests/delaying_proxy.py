"""TCP proxy that puts a distance between a service and its store, and counts the round trips over it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class DelayingProxy:
    """Proxy to one port of this machine. `round_trip_s` may be changed while it runs.

    `trips` counts the times that a client sent something after it had heard from the server, or at first: what it sent
    before the server's next word is one round trip, whatever the number of packets.
    """

    def __init__(self, target: int, round_trip_s: float) -> None:
        self.target, self.round_trip_s = target, round_trip_s
        self.port = 0
        self.trips = 0
        self.connections = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def serve(self, started: threading.Event, stop: asyncio.Event) -> None:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._join(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await asyncio.sleep(self.round_trip_s)  # TCP's handshake
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        heard = [True]
        try:
            await asyncio.gather(
                self._send(reader, far_writer, heard, True), self._send(far_reader, writer, heard, False)
            )
        finally:
            self._writers -= {writer, far_writer}
            for end in (writer, far_writer):
                end.transport.abort()

    async def _send(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: list[bool], from_client: bool
    ) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):
            while piece := await reader.read(65_536):
                if from_client and heard[0]:
                    self.trips += 1
                heard[0] = not from_client
                loop.call_later(self.round_trip_s / 2, _write, writer, piece)
        loop.call_later(self.round_trip_s / 2, writer.transport.abort)


def _write(writer: asyncio.StreamWriter, piece: bytes) -> None:
    if not writer.transport.is_closing():
        writer.write(piece)


@contextmanager
def delaying_proxy(target: int, round_trip_s: float = 0.0) -> Iterator[DelayingProxy]:
    """Run a proxy to `target` on a thread of its own."""
    proxy, started = DelayingProxy(target, round_trip_s), threading.Event()
    ends: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        stop = asyncio.Event()
        ends.append((asyncio.get_running_loop(), stop))
        await proxy.serve(started, stop)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="delaying-proxy")
    thread.start()
    started.wait(10)
    try:
        yield proxy
    finally:
        loop, stop = ends[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
