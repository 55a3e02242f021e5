"""Whether traces are written, and to where. What writes them is imported only if they are."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from services.trail import Trail
from shared.errors import StartupError

Record = Callable[[Trail], None]
"""Writes down a performance that has ended; costs microseconds, and waits for nobody."""


@asynccontextmanager
async def open_tracing(endpoint: str | None) -> AsyncIterator[Record]:
    """Traces over OTLP/HTTP to the collector at `endpoint`, or nowhere. Raises StartupError."""
    if endpoint is None:
        yield lambda trail: None
        return
    try:
        from services.spans import Spans  # takes a third of a second
    except ImportError:
        raise StartupError("setting OTLP_ENDPOINT: needs pip install 'veena3-tts[otel]'") from None
    spans = Spans(endpoint)
    try:
        yield spans.record
    finally:
        await asyncio.to_thread(spans.close)
