"""OpenTelemetry spans of a request: one of the whole, one of its wait, one of each stage, none of a chunk."""

import time

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode, set_span_in_context

from core.request_state import Phase
from services.request_trace import RequestTrace
from shared.version import APP_VERSION

EXPORT_TIMEOUT_S = 5
"""Seconds that one export may take."""
MAX_WAITING = 4096
"""Spans that wait while the collector is unavailable; later ones are dropped."""


class Spans:
    """Exporter of spans, which are made when a request has ended and sent by a thread, in batches."""

    def __init__(self, endpoint: str) -> None:
        resource = Resource.create({SERVICE_NAME: "veena3-tts", SERVICE_VERSION: APP_VERSION})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=endpoint, timeout=EXPORT_TIMEOUT_S)
        self._provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=MAX_WAITING))
        self._tracer = self._provider.get_tracer("veena3-tts", APP_VERSION)

    def export(self, trace: RequestTrace) -> None:
        """Export sizes, names and times of an ended request; its text is not known here."""
        clock = time.time() - time.perf_counter()

        def ns(moment: float) -> int:
            return int((moment + clock) * 1e9)

        whole = self._tracer.start_span(
            "speak",
            start_time=ns(trace.arrived_at),
            attributes={
                "veena3.request_id": trace.id,
                "veena3.voice": trace.voice_id,
                "veena3.stream": trace.stream,
                "veena3.state": trace.phase.value,
            },
        )
        inside = set_span_in_context(whole)
        self._tracer.start_span("wait", inside, start_time=ns(trace.arrived_at)).end(ns(trace.started_at))
        for stage, stats, counts in trace.counts():
            if stats.steps:
                attributes = {f"veena3.{unit}": count for unit, count in counts.items()}
                span = self._tracer.start_span(stage, inside, start_time=ns(stats.first_at), attributes=attributes)
                span.end(ns(stats.last_at))
        if trace.phase is not Phase.SENT:
            whole.set_status(Status(StatusCode.ERROR, trace.phase.value))
        whole.end()

    def close(self) -> None:
        """Send the remaining spans, within seconds."""
        self._provider.shutdown()
