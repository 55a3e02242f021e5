"""The OpenAPI description of the app, without the answers that FastAPI adds and this service never gives."""

import asyncio
import json
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

DESCRIPTION = """Text in, speech out, streamed while it is generated.

`POST /v1/tts/generate` answers with audio, `POST /v1/tts/sse` with Server-Sent Events, and `WS /v1/tts/ws` takes text
piece by piece. `POST /v1/audio/speech` is OpenAI's route: their clients work unchanged. Every error has the form
`{"error": {"code", "message", "details"?}, "request_id"}`; `X-Request-ID` is on every answer."""

TAGS = [
    {"name": "Speech", "description": "text to audio"},
    {"name": "Jobs", "description": "long texts, spoken in the background"},
    {"name": "OpenAI", "description": "the routes of OpenAI's speech API"},
    {"name": "Voices", "description": "voices of the loaded checkpoint, and those that callers make"},
    {"name": "Provenance", "description": "the mark of synthetic speech in a recording"},
    {"name": "Text", "description": "the spoken form of texts"},
    {"name": "Keys", "description": "API keys; needs the `admin` scope"},
    {"name": "Health", "description": "state of the service, without a key"},
    {"name": "Debug", "description": "account of the audio of every stage; needs the `debug` scope"},
]

_NEVER_GIVEN = "422"  # FastAPI lists it for each route that takes parameters; here a wrong field is 400
_ITS_SCHEMAS = ("HTTPValidationError", "ValidationError")


_DESCRIBED: dict[tuple[str, ...], dict[str, Any]] = {}
"""Descriptions by the paths of an app: the apps of one process have the same routes, and one takes 0.25 s."""


def install(app: FastAPI) -> None:
    """Make `app.openapi()` return this description, and serve it. Call it when all routes are there."""

    def openapi() -> dict[str, Any]:
        paths = tuple(str(getattr(route, "path", "")) for route in app.routes)
        if paths not in _DESCRIBED:
            _DESCRIBED[paths] = _describe(app)
        return _DESCRIBED[paths]

    @cache
    def encoded() -> bytes:
        return json.dumps(app.openapi(), ensure_ascii=False).encode()

    async def serve(request: Request) -> Response:
        return Response(encoded(), media_type="application/json")  # encoding takes 3 ms, and strangers may ask often

    app.openapi = openapi  # type: ignore[method-assign]
    url = app.openapi_url
    assert url
    app.router.routes[:] = [route for route in app.routes if getattr(route, "path", None) != url]
    app.router.routes.insert(0, Route(url, serve, include_in_schema=False))


async def prepare(app: FastAPI) -> None:
    """Write the description before any stream runs: a stranger's first request for it would stop them for 0.25 s."""
    await asyncio.to_thread(app.openapi)


def _describe(app: FastAPI) -> dict[str, Any]:
    described = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, tags=TAGS, routes=app.routes)
    for operations in described["paths"].values():
        for operation in operations.values():
            operation["responses"].pop(_NEVER_GIVEN, None)
    for name in _ITS_SCHEMAS:
        described["components"]["schemas"].pop(name, None)
    return described
