"""Export of traces where the settings ask for it. The exporter is imported only then."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from services.request_trace import RequestTrace
from shared.errors import StartupError

Export = Callable[[RequestTrace], None]
"""Export the trace of an ended request. Costs microseconds and never blocks."""


@asynccontextmanager
async def open_tracing(endpoint: str | None) -> AsyncIterator[Export]:
    """Export traces over OTLP/HTTP to the collector at `endpoint`; without one, to nowhere. Raises StartupError."""
    if endpoint is None:
        yield lambda trace: None
        return
    try:
        from services.spans import Spans  # takes a third of a second
    except ImportError:
        raise StartupError("setting OTLP_ENDPOINT: needs pip install 'veena3-tts[otel]'") from None
    spans = Spans(endpoint)
    try:
        yield spans.export
    finally:
        await asyncio.to_thread(spans.close)
