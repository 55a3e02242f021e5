"""The messages of the WebSocket and the events of SSE as Markdown, from their pydantic models."""

from collections.abc import Mapping
from types import UnionType
from typing import Any, get_args

from pydantic import BaseModel

from api.event_models import SentEvent, SocketEvent, SseEvent
from api.websocket.messages import ContextOptions, Message
from ops.reference.examples import CLIENT, SUMMARIES, socket_example, sse_example
from ops.reference.schema import example, field_table, own_fields

Model = type[BaseModel]


def client_models() -> dict[str, Model]:
    """Return the models of the messages that a client sends on a WebSocket, by type."""
    return _by_type(Message)


def socket_models() -> dict[str, Model]:
    """Return the models of the events that `/v1/tts/ws` sends, by type."""
    return _by_type(get_args(SocketEvent)[0])


def sse_models() -> dict[str, Model]:
    """Return the models of the events that `/v1/tts/sse` sends, by type."""
    return _by_type(get_args(SseEvent)[0])


def options_table() -> str:
    """Return the table of the fields that `speak` and `text` share."""
    return field_table(ContextOptions, ContextOptions.model_fields)


def stamp_table() -> str:
    """Return the table of the fields that every event has."""
    return field_table(SentEvent, SentEvent.model_fields)


def client_messages() -> str:
    """Return a section for each message that a client sends on a WebSocket."""
    models = client_models().items()
    return "\n\n".join(_section(kind, model, SUMMARIES[kind], CLIENT[kind]) for kind, model in models)


def socket_events() -> str:
    """Return a section for each JSON message that `/v1/tts/ws` sends."""
    models = socket_models().items()
    return "\n\n".join(_section(kind, model, summary_of(model), socket_example(kind)) for kind, model in models)


def sse_events() -> str:
    """Return a section for each event of `/v1/tts/sse`."""
    models = sse_models().items()
    return "\n\n".join(_section(kind, model, summary_of(model), sse_example(kind)) for kind, model in models)


def summary_of(model: Model) -> str:
    """Return the docstring of an event's model on one line."""
    return " ".join((model.__doc__ or "").split())


def _by_type(union: UnionType | Any) -> dict[str, Model]:
    return {str(get_args(model.model_fields["type"].annotation)[0]): model for model in get_args(union)}


def _section(kind: str, model: Model, summary: str, shown: Mapping[str, object]) -> str:
    table = field_table(model, own_fields(model))
    sentences = summary.replace(". ", ".\n")
    return "\n\n".join(filter(None, (f"### `{kind}`", sentences, table, example(shown))))
