"""Waiting of the synchronous client: the only module of this folder that is not derived from the asynchronous one."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

from websockets.exceptions import ConcurrencyError, ConnectionClosed
from websockets.sync.client import ClientConnection as ClientConnection
from websockets.sync.client import connect

T = TypeVar("T")

Lock = threading.Lock
sleep = time.sleep


def open_connection(url: str, options: dict[str, Any]) -> ClientConnection:
    """Open a WebSocket. From websockets 17.1 on, the call of `connect` alone is deprecated."""
    return cast(ClientConnection, connect(url, **options).__enter__())


def receive(connection: ClientConnection, timeout_s: float | None) -> str | bytes:
    """Return the next message. Raises TimeoutError."""
    return connection.recv(timeout_s)


def close(connection: ClientConnection) -> None:
    """Close a WebSocket. What still arrives is dropped: unread messages would keep the server's answer out."""
    closing = threading.Thread(target=connection.close, name="veena3-close", daemon=True)
    closing.start()
    with suppress(ConnectionClosed, ConcurrencyError):  # another thread that reads makes room as well
        while True:
            connection.recv()
    closing.join()


def in_thread(work: Callable[..., T], *arguments: object) -> T:
    """Return the result of work that blocks."""
    return work(*arguments)
