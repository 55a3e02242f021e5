"""Background tasks: work that outlives requests, supervised.

Every task that lives as long as a part of the service is started here. Where a task ends without being asked to, by an
error, a return or a cancellation, its end is logged, counted and named in health, and it is restarted after a pause.
Tasks of one request stay with the request.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from shared.backoff import pause_s
from shared.logging import get_logger
from shared.metrics import Metrics

STEADY_S = 60.0
"""Seconds without a failure after which a task counts as recovered."""

Work = Callable[[], Coroutine[Any, Any, object]]
Stop = Callable[[asyncio.Task[object]], object]

log = get_logger(__name__)


class BackgroundTasks:
    """Background tasks of one service."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._tasks: dict[BackgroundTask, None] = {}

    @asynccontextmanager
    async def running(
        self, name: str, work: Work, *, restart: bool = True, stop: Stop = asyncio.Task.cancel
    ) -> AsyncIterator["BackgroundTask"]:
        """Run `work` in a task named `name` while this context is open; `stop` asks it to end, which is awaited.

        `restart=False` is for work whose parts cannot be opened twice: its end is reported and final.
        """
        task = BackgroundTask(name, work, restart=restart, metrics=self._metrics)
        self._tasks[task] = None
        task.start()
        try:
            yield task
        finally:
            await task.end(stop)
            del self._tasks[task]

    @property
    def problems(self) -> list[str]:
        """Return the tasks that do not run, or were restarted lately, one line each."""
        return [problem for task in self._tasks if (problem := task.problem)]


class BackgroundTask:
    """One background task with its restarts.

    A callback of the running task starts the next one, so there is no supervisor that could end itself.
    """

    def __init__(self, name: str, work: Work, *, restart: bool, metrics: Metrics) -> None:
        self._name, self._work, self._restart = name, work, restart
        self._counter = metrics.background_failures.labels(name)  # exported as 0 until the first failure
        self._stopping = False
        self._failures = 0  # in a row
        self._reason = ""
        self._started_at = self._failed_at = 0.0  # of the monotonic clock
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._timer, self._started_at = None, time.monotonic()
        self._running = asyncio.create_task(self._work(), name=self._name)
        self._running.add_done_callback(self._ended)

    async def end(self, stop: Stop) -> None:
        self._stopping = True
        if self._timer:
            self._timer.cancel()
        if not self._running.done():
            stop(self._running)
            await asyncio.wait({self._running})

    @property
    def problem(self) -> str | None:
        """Return the reason why the task does not run, or was restarted lately; None where it runs."""
        if self._running.done():
            return f"background task {self._name}: not running ({self._reason})"
        if self._failures and time.monotonic() - self._failed_at < STEADY_S:
            return f"background task {self._name}: started again after a failure ({self._reason})"
        return None

    def _ended(self, running: "asyncio.Task[object]") -> None:
        error = None if running.cancelled() else running.exception()
        if self._stopping and error is None:
            return
        now = time.monotonic()
        self._failures = self._failures + 1 if now - self._started_at < STEADY_S else 1
        self._failed_at = now
        self._reason = type(error).__name__ if error else "cancelled" if running.cancelled() else "returned"
        self._counter.inc()
        restart_in_s = pause_s(self._failures) if self._restart and not self._stopping else None
        log.error(
            "background_task_failed",
            task=self._name,
            reason=self._reason,
            restart_in_s=restart_in_s and round(restart_in_s, 3),
            exc_info=error,
        )
        if restart_in_s is not None:
            self._timer = running.get_loop().call_later(restart_in_s, self.start)
