"""Export of traces where the settings ask for it. The exporter is imported only then."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Protocol

from services.request_trace import RequestTrace
from shared.errors import StartupError


class ServerSpan(Protocol):
    """Span of one HTTP request or WebSocket. `traceparent` names it to the spans inside it; "" where there is none."""

    traceparent: str

    def end(self, name: str, attributes: Mapping[str, str | int], *, failed: bool) -> None:
        """End the span. Costs microseconds and never blocks."""
        ...


class Tracing(Protocol):
    """Exporter of traces."""

    def begin(self, headers: Mapping[str, str], arrived_at: float) -> ServerSpan:
        """Begin a server span at the time `arrived_at` of the performance counter.

        It is part of the caller's trace where the headers `traceparent` and `tracestate` name one.
        """
        ...

    def export(self, trace: RequestTrace) -> None:
        """Export the trace of an ended request. Costs microseconds and never blocks."""
        ...


class NoSpan:
    traceparent = ""

    def end(self, name: str, attributes: Mapping[str, str | int], *, failed: bool) -> None:
        """Export nothing."""


class NoTracing:
    """Tracing where no collector is set."""

    def begin(self, headers: Mapping[str, str], arrived_at: float) -> ServerSpan:
        return NoSpan()

    def export(self, trace: RequestTrace) -> None:
        """Export nothing."""


def exemplar_of(traceparent: str) -> dict[str, str] | None:
    """Return the labels of an exemplar that points to a trace; None without a trace that is exported."""
    _, trace_id, span_id, flags = traceparent.split("-") if traceparent else ("", "", "", "00")
    return {"trace_id": trace_id, "span_id": span_id} if int(flags, 16) & 1 else None


@asynccontextmanager
async def open_tracing(endpoint: str | None) -> AsyncIterator[Tracing]:
    """Export traces over OTLP/HTTP to the collector at `endpoint`; without one, to nowhere. Raises StartupError."""
    if endpoint is None:
        yield NoTracing()
        return
    try:
        from services.spans import Spans  # takes a third of a second
    except ImportError:
        raise StartupError("setting OTLP_ENDPOINT: needs pip install 'veena3-tts[otel]'") from None
    spans = Spans(endpoint)
    try:
        yield spans
    finally:
        await asyncio.to_thread(spans.close)
