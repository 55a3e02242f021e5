"""Whether traces are written, and to where. What writes them is imported only if they are."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from services.request_trace import RequestTrace
from shared.errors import StartupError

Export = Callable[[RequestTrace], None]
"""Writes down a performance that has ended; costs microseconds, and waits for nobody."""


@asynccontextmanager
async def open_tracing(endpoint: str | None) -> AsyncIterator[Export]:
    """Traces over OTLP/HTTP to the collector at `endpoint`, or nowhere. Raises StartupError."""
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
