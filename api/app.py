"""The app: assembly only. `create_app` is its one constructor."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import debug, description, errors, generate, health, keys, pages, sse, voices, websocket
from api.middleware import BodyLimitMiddleware, RequestIdMiddleware
from api.openai import models, speech
from services.speech import Lost, OpenRuntime, SpeechService, stay
from shared.config import Settings
from shared.version import APP_VERSION


def create_app(
    settings: Settings,
    open_runtime: OpenRuntime,
    *,
    failed: Callable[[], None] = lambda: None,
    lost: Lost = stay,
    load_first: bool = False,
) -> FastAPI:
    """An app that loads its model in the background of its lifespan, or with `load_first` before that has begun.

    `failed` is called when the model cannot be loaded; `lost` when engine or GPU are gone, which this process cannot
    mend: it answers 503 until it is replaced.
    """
    service = SpeechService(settings, open_runtime)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with service.running(failed=failed, lost=lost):
            if load_first:
                await service.loading()
            yield

    app = FastAPI(title="Veena3 TTS", version=APP_VERSION, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.service = service
    for module in (keys, generate, sse, websocket, speech, models, voices, health, debug, pages):
        app.include_router(module.router)
    errors.install(app)
    description.install(app)
    app.add_middleware(BodyLimitMiddleware, limit=settings.max_body_bytes)
    app.add_middleware(RequestIdMiddleware)  # outermost: every answer has an id
    return app
