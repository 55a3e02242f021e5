"""Configuration of uvicorn, the same for every way to serve the app."""

import uvicorn
from fastapi import FastAPI

from shared.config import Settings


def server_config(app: FastAPI, settings: Settings, *, port: int, drain_s: int) -> uvicorn.Config:
    """Return the configuration for the settings' host. At a stop, open requests have `drain_s` seconds to finish."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=port,
        http="h11",  # refuses a request head above 16 KiB; httptools has no limit
        ws_max_size=settings.max_body_bytes,
        log_config=None,
        timeout_graceful_shutdown=drain_s,
    )
