"""Result of a scheduled `veena3 smoke` as metrics, pushed to an OTLP collector, so that an alert sees it."""

import time
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Gauge

from services.metrics_export import process_attributes
from shared.errors import CommandFailed


def push_results(results: Iterable[tuple[str, bool]], *, target: str, endpoint: str) -> None:
    """Push whether each check of `target` passed, and whether all did; no checks count as failed.

    Raises CommandFailed where the collector does not take them.
    """
    try:
        from services.otlp_metrics import MetricsExporter
    except ImportError:
        raise CommandFailed("--push needs pip install 'veena3-tts[otel]'") from None
    registry, passed = CollectorRegistry(), dict(results)
    success = Gauge("veena3_probe_success", "1 if all checks of the probe passed", ["target"], registry=registry)
    success.labels(target).set(bool(passed) and all(passed.values()))
    at = Gauge("veena3_probe_time_seconds", "End of the probe, since 1970", ["target"], registry=registry)
    at.labels(target).set(time.time())
    check = Gauge("veena3_probe_check_success", "1 if this check passed", ["target", "check"], registry=registry)
    for name, has_passed in passed.items():
        check.labels(target, name).set(has_passed)
    exporter = MetricsExporter(registry, endpoint)
    # Each run is another process: with its own id, it would be another series for the collector.
    attributes = process_attributes() | {"service.name": "veena3-probe", "service.instance.id": target}
    try:
        if not exporter.send(exporter.read(attributes)):
            raise CommandFailed(f"{endpoint} did not take the result of the probe")
    finally:
        exporter.close()
