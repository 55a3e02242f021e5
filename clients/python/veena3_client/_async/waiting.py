"""Waiting of the asynchronous client: the only module of this folder that the synchronous one does not derive from."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from websockets.asyncio.client import ClientConnection as ClientConnection
from websockets.asyncio.client import connect
from websockets.exceptions import ConcurrencyError, ConnectionClosed

T = TypeVar("T")

Lock = asyncio.Lock
sleep = asyncio.sleep


async def open_connection(url: str, options: dict[str, Any]) -> ClientConnection:
    """Open a WebSocket."""
    return await connect(url, **options)


async def receive(connection: ClientConnection, timeout_s: float | None) -> str | bytes:
    """Return the next message. Raises TimeoutError."""
    async with asyncio.timeout(timeout_s):
        return await connection.recv()


async def close(connection: ClientConnection) -> None:
    """Close a WebSocket. What still arrives is dropped: unread messages would keep the server's answer out."""
    closing = asyncio.create_task(connection.close())
    with suppress(ConnectionClosed, ConcurrencyError):  # another task that reads makes room as well
        while True:
            await connection.recv()
    await closing


async def in_thread(work: Callable[..., T], *arguments: object) -> T:
    """Return the result of work that blocks."""
    return await asyncio.to_thread(work, *arguments)
