"""One JSON object a line, for our own events and for every library's. No text, key or audio is ever logged."""

import logging
import sys

import structlog
from structlog.types import EventDict, Processor

OURS = ("api", "audio", "core", "processing", "services", "shared")

Logger = structlog.stdlib.BoundLogger


def get_logger(name: str) -> Logger:
    logger: Logger = structlog.stdlib.get_logger(name)
    return logger


def configure_logging(level: str) -> None:
    """Send everything that is logged in this process to standard error, a JSON object a line."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _first,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Below INFO libraries tell what they handle: statements with their values, headers with keys.
    root.setLevel(max(logging.INFO, logging.getLevelNamesMapping()[level]))
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # Our own request events say more, and uvicorn's hold addresses, where a socket's `?api_key=` stands.
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    handler.addFilter(lambda record: '"WebSocket %s"' not in str(record.msg))
    handler.addFilter(_briefly)


def _briefly(record: logging.LogRecord) -> bool:
    """asyncpg tells each vain attempt to reach a server that is away with 60 lines of traceback."""
    if record.name.startswith("asyncpg") and record.exc_info:
        record.msg, record.args = f"{record.getMessage()} ({type(record.exc_info[1]).__name__})", None
        record.exc_info = None
    return True


def _first(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Put what a reader looks for at the beginning of the line."""
    lead = {key: event.pop(key) for key in ("ts", "level", "event", "request_id") if key in event}
    return {**lead, **event}
