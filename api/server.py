"""Configuration of uvicorn, the same for every way to serve the app."""

import uvicorn
from fastapi import FastAPI

from api.connections import BACKLOG, HttpConnection, SocketConnection, raise_descriptor_limit
from shared.config import Settings


def server_config(app: FastAPI, settings: Settings, *, port: int, drain_s: int) -> uvicorn.Config:
    """Return the configuration for the settings' host. At a stop, open requests have `drain_s` seconds to finish."""
    raise_descriptor_limit()
    return uvicorn.Config(
        app,
        host=settings.host,
        port=port,
        http=HttpConnection,
        ws=SocketConnection,
        ws_max_size=settings.max_body_bytes,
        ws_per_message_deflate=False,  # 1 KB may become 1 MB, and each connection keeps its window's memory
        backlog=BACKLOG,
        log_config=None,
        timeout_graceful_shutdown=drain_s,
    )
