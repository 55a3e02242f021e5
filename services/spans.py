"""OpenTelemetry spans: one of each HTTP request and WebSocket, one of each synthesis, of its wait and of its stages."""

import time
from collections.abc import Mapping

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from core.request_state import Phase
from services.metrics_export import process_attributes
from services.otlp_metrics import resource_of
from services.request_trace import RequestTrace
from services.tracing import ServerSpan
from shared.version import APP_VERSION

EXPORT_TIMEOUT_S = 5
"""Seconds that one export may take."""
MAX_WAITING = 4096
"""Spans that wait while the collector is unavailable; later ones are dropped."""
PARENTS = TraceContextTextMapPropagator()


class Spans:
    """Exporter of spans, which are sent by a thread, in batches."""

    def __init__(self, endpoint: str) -> None:
        self._provider = TracerProvider(resource=resource_of(process_attributes()), shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=endpoint, timeout=EXPORT_TIMEOUT_S)
        self._provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=MAX_WAITING))
        self._tracer = self._provider.get_tracer("veena3-tts", APP_VERSION)

    def begin(self, headers: Mapping[str, str], arrived_at: float) -> ServerSpan:
        """Begin a server span, as `Tracing.begin`."""
        start = _ns(arrived_at, _epoch_ns())
        return _Begun(self._tracer.start_span("request", PARENTS.extract(headers), SpanKind.SERVER, start_time=start))

    def export(self, trace: RequestTrace) -> None:
        """Export sizes, names and times of an ended request, inside its server span; its text is not known here."""
        epoch = _epoch_ns()
        arrived = _ns(trace.arrived_at, epoch)
        whole = self._tracer.start_span(
            "speak",
            PARENTS.extract({"traceparent": trace.traceparent}),
            start_time=arrived,
            attributes={
                "veena3.request_id": trace.id,
                "veena3.voice": trace.voice_id,
                "veena3.stream": trace.stream,
                "veena3.state": trace.phase.value,
            },
        )
        inside = set_span_in_context(whole)
        self._tracer.start_span("wait", inside, start_time=arrived).end(_ns(trace.started_at, epoch))
        for stage, stats, counts in trace.counts():
            if stats.steps:
                attributes = {f"veena3.{unit}": count for unit, count in counts.items()}
                span = self._tracer.start_span(
                    stage, inside, start_time=_ns(stats.first_at, epoch), attributes=attributes
                )
                span.end(_ns(stats.last_at, epoch))
        if trace.phase is not Phase.SENT:
            whole.set_status(Status(StatusCode.ERROR, trace.phase.value))
        whole.end(_ns(time.perf_counter(), epoch))

    def close(self) -> None:
        """Send the remaining spans, within seconds."""
        self._provider.shutdown()


class _Begun:
    def __init__(self, span: Span) -> None:
        self._span = span
        carrier: dict[str, str] = {}
        PARENTS.inject(carrier, set_span_in_context(span))
        self.traceparent = carrier["traceparent"]

    def end(self, name: str, attributes: Mapping[str, str | int], *, failed: bool) -> None:
        self._span.update_name(name)
        self._span.set_attributes(attributes)
        if failed:
            self._span.set_status(StatusCode.ERROR)
        self._span.end()


def _epoch_ns() -> int:
    """Return the zero of the performance counter in nanoseconds since 1970, after all corrections of the clock."""
    return time.time_ns() - time.perf_counter_ns()


def _ns(moment: float, epoch_ns: int) -> int:
    """Return a time of the performance counter in nanoseconds since 1970. With one epoch, moments keep their order."""
    return round(moment * 1e9) + epoch_ns
