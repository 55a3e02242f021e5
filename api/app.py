"""Assembly of the FastAPI app; `create_app` is its only constructor."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import (
    debug,
    description,
    dictionaries,
    errors,
    generate,
    health,
    jobs,
    keys,
    links,
    normalize,
    origins,
    pages,
    sse,
    websocket,
)
from api.adapters.routers import ROUTERS
from api.middleware import BodyLimitMiddleware, HeadMiddleware, RequestIdMiddleware
from api.observing import ObservingMiddleware
from api.openai import custom_voices, lists, models, speech
from api.uploads import UploadGate
from api.voices import design, made, routes
from api.websocket.greeting import Strangers
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
    """Return the app. It loads its model in the background of its lifespan, or with `load_first` before that begins.

    `failed` is called if the model cannot be loaded. `lost` is called if the engine or the GPU fails for good: from
    then on the app answers 503 until its process is replaced.
    """
    service = SpeechService(settings, open_runtime)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with service.running(failed=failed, lost=lost):
            await description.prepare(app)
            if load_first:
                await service.loading()
            yield

    app = FastAPI(title="Veena3 TTS", version=APP_VERSION, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.service = service
    app.state.strangers = Strangers()
    speaking = (
        generate,
        jobs,
        links,
        sse,
        websocket,
        speech,
        models,
        lists,
        routes,
        normalize,
        dictionaries,
        design,
        made,
        custom_voices,
    )
    for module in (keys, *speaking, health, debug, pages):
        app.include_router(module.router)
    for router in ROUTERS:
        app.include_router(router)
    errors.install(app)
    description.install(app)
    app.add_middleware(HeadMiddleware, routes=app.routes)
    app.add_middleware(
        BodyLimitMiddleware,
        limit=settings.max_body_bytes,
        larger={jobs.PATH: jobs.BODY_BYTES},
        stopping=service.stopping,
        uploads=UploadGate(service),
    )
    origins.install(app, settings)
    app.add_middleware(ObservingMiddleware, service=service)
    app.add_middleware(RequestIdMiddleware)  # outermost, so that every answer has an id
    return app
