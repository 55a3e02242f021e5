"""The WebSocket as an AsyncAPI 3.0 document, from the same models and examples as docs/websocket.md."""

from collections.abc import Mapping

import yaml
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from ops.reference.examples import CLIENT, SUMMARIES, socket_example
from ops.reference.messages import client_models, socket_models, summary_of
from shared.version import APP_VERSION

_REFERENCE = "#/components/schemas/{model}"
_QUERY = {
    "type": "object",
    "properties": {
        "trace": {"type": "boolean", "description": "send `metrics` after each frame"},
        "api_key": {"type": "string", "description": "the API key, where no header carries it"},
    },
}
_SOUND: dict[str, object] = {
    "name": "sound",
    "summary": "One frame of encoded audio, as a binary message.",
    "contentType": "application/octet-stream",
    "payload": {"type": "string", "format": "binary"},
}


def asyncapi_yaml() -> str:
    """Return the document as YAML."""
    return yaml.safe_dump(_document(), sort_keys=False, allow_unicode=True, width=120)


def _document() -> dict[str, object]:
    sent, received = client_models(), socket_models()
    _, schemas = models_json_schema(
        [(model, "validation") for model in (*sent.values(), *received.values())], ref_template=_REFERENCE
    )
    messages = {f"client-{kind}": _message(kind, model, SUMMARIES[kind], CLIENT[kind]) for kind, model in sent.items()}
    messages |= {
        f"server-{kind}": _message(kind, model, summary_of(model), socket_example(kind))
        for kind, model in received.items()
    }
    messages["server-sound"] = _SOUND
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Veena3 TTS: WebSocket",
            "version": APP_VERSION,
            "description": "Text in piece by piece, audio out frame by frame. docs/websocket.md has the prose.",
        },
        "defaultContentType": "application/json",
        "servers": {"local": {"host": "127.0.0.1:8000", "protocol": "ws", "security": _security()}},
        "channels": {
            "speech": {
                "address": "/v1/tts/ws",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
                "bindings": {"ws": {"query": _QUERY}},
            }
        },
        "operations": {
            "hear": _operation("receive", "client-", messages),
            "say": _operation("send", "server-", messages),
        },
        "components": {
            "messages": messages,
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "header": {"type": "httpApiKey", "name": "X-API-Key", "in": "header"},
                "query": {"type": "httpApiKey", "name": "api_key", "in": "query"},
            },
        },
    }


def _security() -> list[dict[str, str]]:
    return [{"$ref": f"#/components/securitySchemes/{name}"} for name in ("bearer", "header", "query")]


def _operation(action: str, prefix: str, messages: Mapping[str, object]) -> dict[str, object]:
    chosen = [{"$ref": f"#/channels/speech/messages/{name}"} for name in messages if name.startswith(prefix)]
    return {"action": action, "channel": {"$ref": "#/channels/speech"}, "messages": chosen}


def _message(kind: str, model: type[BaseModel], summary: str, shown: Mapping[str, object]) -> dict[str, object]:
    return {
        "name": kind,
        "summary": summary,
        "payload": {"$ref": _REFERENCE.format(model=model.__name__)},
        "examples": [{"payload": dict(shown)}],
    }
