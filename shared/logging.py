"""Log one JSON object per line, for this service's events and for those of libraries.

Callers never log text, keys or audio.
"""

import logging
import sys

import structlog
from structlog.types import EventDict, Processor

OWN_PACKAGES = ("api", "audio", "core", "processing", "services", "shared")

Logger = structlog.stdlib.BoundLogger


def get_logger(name: str) -> Logger:
    logger: Logger = structlog.stdlib.get_logger(name)
    return logger


def configure_logging(level: str) -> None:
    """Write all log records of this process to standard error, as one JSON object per line."""
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
                _order_fields,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Below INFO, libraries log the data they handle: statements with their values, headers with keys.
    root.setLevel(max(logging.INFO, logging.getLevelNamesMapping()[level]))
    for name in OWN_PACKAGES:
        logging.getLogger(name).setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # uvicorn's access log contains URLs; a WebSocket's may contain `?api_key=`. This service logs requests itself.
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    logging.getLogger("python_multipart").setLevel(logging.ERROR)  # a client chooses how often a form is wrong
    handler.addFilter(lambda record: '"WebSocket %s"' not in str(record.msg))
    handler.addFilter(_shorten_tracebacks)


def _shorten_tracebacks(record: logging.LogRecord) -> bool:
    """Replace asyncpg's tracebacks, 60 lines for each failed connection, by the exception's name. Keep every record."""
    if record.name.startswith("asyncpg") and record.exc_info:
        record.msg, record.args = f"{record.getMessage()} ({type(record.exc_info[1]).__name__})", None
        record.exc_info = None
    return True


def _order_fields(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Move time, level, event and request id to the beginning of the line."""
    lead = {key: event.pop(key) for key in ("ts", "level", "event", "request_id") if key in event}
    return {**lead, **event}
