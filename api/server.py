"""How uvicorn serves the app, wherever it does."""

import uvicorn
from fastapi import FastAPI

from shared.config import Settings


def server_config(app: FastAPI, settings: Settings, *, port: int, drain_s: int) -> uvicorn.Config:
    """On the settings' host. At the end, what is under way may finish within `drain_s`."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=port,
        http="h11",  # refuses a request's head above 16 KiB; httptools would read headers without end
        ws_max_size=settings.max_body_bytes,
        log_config=None,
        timeout_graceful_shutdown=drain_s,
    )
