"""SIGINT in a platform's container: a drain like that of SIGTERM, as far as the platform leaves time for it."""

import asyncio
import signal
from contextlib import suppress

from starlette.types import ASGIApp, Receive, Scope, Send

from services.speech import Lost, SpeechService

PREEMPTION_S = 25.0
"""Most seconds of a drain after SIGINT. Modal ends a preempted container after 30; 5 are left for closing."""


class PreemptionMiddleware:
    """Drain at SIGINT, which Modal sends to preempt a container.

    Modal's own handler cancels every request at once. The handler of this class replaces it at the first request,
    because Modal installs its own one after the app has started. `leave` stops the platform from sending requests and
    ends the container after the last one. A second SIGINT breaks the running requests off.
    """

    def __init__(self, app: ASGIApp, *, service: SpeechService, leave: Lost) -> None:
        self._app, self._service, self._leave = app, service, leave
        self._installed = False
        self._draining: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._installed and scope["type"] != "lifespan":
            self._installed = True
            with suppress(NotImplementedError, ValueError, RuntimeError):  # only the main thread has signals
                asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self._interrupted)
        await self._app(scope, receive, send)

    def _interrupted(self) -> None:
        if self._draining:
            return self._service.break_off()
        self._service.stopping.begin(min(PREEMPTION_S, self._service.settings.drain_s))
        self._draining = asyncio.get_running_loop().create_task(self._drain(), name="preemption")

    async def _drain(self) -> None:
        await self._leave()
        await asyncio.sleep(self._service.stopping.left_s)
        self._service.break_off()
