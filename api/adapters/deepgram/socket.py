"""`WS /v1/speak`: Deepgram's messages in the words of this service."""

import json
from collections.abc import Iterator

from fastapi import APIRouter, WebSocket
from starlette.requests import HTTPConnection

from api.adapters.deepgram.error_shape import code_of
from api.adapters.deepgram.schemas import SocketMessage, SpeakQuery
from api.adapters.dialect import FRAME_MS, VendorDialect, error_of, stop_notice
from api.adapters.models import given, read_object, validated
from api.events import Event
from api.websocket.messages import Cancel, End, Flush, Message, Text
from api.websocket.send_queue import Outgoing
from api.websocket.session import SocketSession

CONTEXT = "default"
"""Context of the socket's text; its audio has no names, so that there is one."""

router = APIRouter()


class DeepgramDialect(VendorDialect):
    """Dialect of one socket. Messages end at words: a sentence's end is not joined to the next message's word."""

    ends_on_error = True
    subprotocols: tuple[str, ...] = ("token", "bearer")

    def __init__(self, query: dict[str, str], *, request_id: str, model_version: str) -> None:
        self._query, self._request_id, self._model_version = query, request_id, model_version
        self._options: dict[str, object] = {}
        self._open = self._introduced = False
        self._sequence = 0  # of the answers to `Flush` and `Clear`
        self._last = ""  # last character of the text so far
        self._without_effect: list[str] = []

    def secret(self, socket: HTTPConnection) -> str | None:
        """Return the key; a browser sends it as the second subprotocol."""
        offered: list[str] = socket.scope.get("subprotocols", [])
        if len(offered) > 1 and offered[0] in self.subprotocols:
            return offered[1]
        return super().secret(socket)

    def read(self, data: str, *, first: bool) -> Iterator[Message]:
        message = validated(SocketMessage, read_object(data))
        match message.type:
            case "Speak":
                yield self._text(message.text)
            case "Flush":
                if not self._open:
                    yield self._text("")
                yield Flush(type="flush", context_id=CONTEXT)
            case "Clear":
                self._open = False
                yield Cancel(type="cancel", context_id=CONTEXT)
            case "Close":
                yield End(type="end")
        self._open = message.type in ("Speak", "Flush") or self._open

    def _text(self, text: str) -> Text:
        if not self._options:
            query = validated(SpeakQuery, self._query)
            self._options = given(query.options(container="none", encoding="linear16"))
            self._without_effect = query.without_effect()
        joint = " " if self._last in tuple(".!?।") and text[:1].isalpha() else ""
        self._last = text[-1:] or self._last
        piece = {"type": "text", "text": joint + text, "context_id": CONTEXT, "frame_ms": FRAME_MS}
        return validated(Text, piece | self._options)

    def event(self, event: Event, context_id: str | None) -> Iterator[str]:
        match event["type"]:
            case "start":
                yield from self._introduction()
            case "flushed":
                yield self._numbered("Flushed")
            case "cancelled":
                yield self._numbered("Cleared")
            case "stopping":
                yield _warning("STOPPING", stop_notice(event))
            case "error":
                code, message = error_of(event)
                error = {"type": "Error", "code": code_of(code), "description": message}
                yield json.dumps(error | {"request_id": self._request_id})

    def audio(self, item: Outgoing) -> Iterator[bytes]:
        assert item.audio is not None
        yield item.audio

    def _introduction(self) -> Iterator[str]:
        if self._introduced:
            return
        self._introduced = True
        model = {"model_name": self._options["speaker"], "model_version": self._model_version}
        model |= {"model_uuid": self._model_version}
        yield json.dumps({"type": "Metadata", "request_id": self._request_id} | model)
        if self._without_effect:
            yield _warning("WITHOUT_EFFECT", f"without effect: {', '.join(self._without_effect)}")

    def _numbered(self, kind: str) -> str:
        answer = json.dumps({"type": kind, "sequence_id": self._sequence})
        self._sequence += 1
        return answer


def _warning(code: str, words: str) -> str:
    return json.dumps({"type": "Warning", "code": code, "description": words, "warn_msg": words})


@router.websocket("/v1/speak")
async def serve_socket(socket: WebSocket) -> None:
    """Speak the text of one socket in binary messages."""
    service = socket.app.state.service
    runtime = service.loaded
    dialect = DeepgramDialect(
        dict(socket.query_params),
        request_id=socket.scope["state"]["request_id"],
        model_version=runtime.checkpoint.model_version if runtime else "",
    )
    await SocketSession(socket, service, dialect).serve()
