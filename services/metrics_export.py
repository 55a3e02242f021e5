"""Push of metrics to a collector where the settings ask for it. The exporter is imported only then."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from services.background import BackgroundTasks
from shared.config import Settings
from shared.errors import StartupError
from shared.logging import get_logger
from shared.metrics import Metrics
from shared.placement import Placement
from shared.version import APP_VERSION

if TYPE_CHECKING:
    from services.otlp_metrics import MetricsExporter

Gpu = Callable[[], str | None]
"""Return the GPU's name, once it is known."""

log = get_logger(__name__)


def process_attributes(gpu: str | None = None) -> dict[str, str]:
    """Return the attributes of this process, by OpenTelemetry's names.

    They tell apart the containers of a fleet: service, version, instance, host, cloud and region, and the GPU.
    """
    placement, host = Placement(), socket.gethostname()
    known = {
        "service.name": "veena3-tts",
        "service.version": APP_VERSION,
        "service.instance.id": placement.task_id or f"{host}-{os.getpid()}",
        "host.name": host,
        "container.id": placement.task_id,
        "cloud.provider": placement.cloud_provider,
        "cloud.region": placement.region,
        "gpu.name": gpu,
    }
    return {name: value for name, value in known.items() if value}


class MetricsExport:
    """Repeated export, and a last one at the end, after everything is counted."""

    def __init__(self, exporter: "MetricsExporter", metrics: Metrics, gpu: Gpu) -> None:
        self._exporter, self._metrics, self._gpu = exporter, metrics, gpu
        self.unavailable = False

    async def run(self, every_s: float) -> None:
        while True:
            await asyncio.sleep(every_s)
            await self.once()

    async def once(self) -> None:
        data = self._exporter.read(process_attributes(self._gpu()))
        taken = await asyncio.to_thread(self._exporter.send, data)
        if not taken:
            self._metrics.export_failures.inc()
            if not self.unavailable:
                log.warning("metrics_not_exported")
        self.unavailable = not taken


@asynccontextmanager
async def open_metrics_export(
    settings: Settings, metrics: Metrics, background: BackgroundTasks, gpu: Gpu
) -> AsyncIterator[MetricsExport | None]:
    """Push metrics to OTLP_METRICS_ENDPOINT while this context is open; without one, do nothing. Raise StartupError."""
    if settings.otlp_metrics_endpoint is None:
        yield None
        return
    try:
        from services.otlp_metrics import MetricsExporter  # takes a third of a second
    except ImportError:
        raise StartupError("setting OTLP_METRICS_ENDPOINT: needs pip install 'veena3-tts[otel]'") from None
    exporter = MetricsExporter(metrics.registry, settings.otlp_metrics_endpoint)
    export = MetricsExport(exporter, metrics, gpu)
    try:
        async with background.running("metrics-export", partial(export.run, settings.otlp_metrics_every_s)):
            yield export
        await export.once()
    finally:
        await asyncio.to_thread(exporter.close)
