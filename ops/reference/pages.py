"""The generated files: pages whose marked parts are replaced, and files that are generated whole."""

from collections.abc import Callable
from pathlib import Path

from ops.reference.asyncapi import asyncapi_yaml
from ops.reference.messages import client_messages, options_table, socket_events, sse_events, stamp_table
from ops.reference.parts import fill
from ops.reference.plots import plot_files
from ops.reference.tables import deployment_table, metrics_table, settings_table

ROOT = Path(__file__).parents[2]

PARTS: dict[str, Callable[[], str]] = {
    "client messages": client_messages,
    "deployment": deployment_table,
    "event stamp": stamp_table,
    "metrics": metrics_table,
    "options": options_table,
    "settings": settings_table,
    "sse events": sse_events,
    "socket events": socket_events,
}
"""Text of each marked part, by the name in its mark."""
PAGES = ("docs/settings.md", "docs/operations.md", "docs/sse.md", "docs/websocket.md")
FILES: dict[str, Callable[[], str]] = {"docs/asyncapi.yaml": asyncapi_yaml}


def generated_files() -> dict[str, str]:
    """Return the text of each generated file, by its path in the repository."""
    files = {path: fill((ROOT / path).read_text(encoding="utf-8"), PARTS) for path in PAGES}
    return files | {path: text() for path, text in FILES.items()} | plot_files()
