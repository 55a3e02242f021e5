"""A performance as OpenTelemetry spans: one in all, one of its wait, one of each stage, never of a chunk."""

import time

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode, set_span_in_context

from services.trail import UNITS, State, Trail
from shared.version import APP_VERSION

EXPORT_TIMEOUT_S = 5
MOST_WAITING = 4096  # spans; while the collector is away what comes after them is not kept


class Spans:
    """Made when a performance has ended, from times that were taken anyway; sent by a thread, in batches."""

    def __init__(self, endpoint: str) -> None:
        resource = Resource.create({SERVICE_NAME: "veena3-tts", SERVICE_VERSION: APP_VERSION})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=endpoint, timeout=EXPORT_TIMEOUT_S)
        self._provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=MOST_WAITING))
        self._tracer = self._provider.get_tracer("veena3-tts", APP_VERSION)

    def record(self, trail: Trail) -> None:
        """Sizes, names and times; what was said is not known here."""
        clock = time.time() - time.perf_counter()

        def ns(moment: float) -> int:
            return int((moment + clock) * 1e9)

        whole = self._tracer.start_span(
            "speak",
            start_time=ns(trail.arrived),
            attributes={
                "veena3.request_id": trail.id,
                "veena3.voice": trail.voice_id,
                "veena3.stream": trail.stream,
                "veena3.state": trail.state.value,
            },
        )
        inside = set_span_in_context(whole)
        self._tracer.start_span("wait", inside, start_time=ns(trail.arrived)).end(ns(trail.begun))
        for stage, passage in trail.passages():
            if passage.steps:
                counts = zip(UNITS[stage], (passage.steps, passage.taken, passage.given), strict=True)
                attributes = {f"veena3.{unit}": count for unit, count in counts if unit}
                self._tracer.start_span(stage, inside, start_time=ns(passage.first), attributes=attributes).end(
                    ns(passage.last)
                )
        if trail.state is not State.SENT:
            whole.set_status(Status(StatusCode.ERROR, trail.state.value))
        whole.end()

    def close(self) -> None:
        """Send what is left, within seconds."""
        self._provider.shutdown()
