"""`WS /tts/websocket`: Cartesia's contexts in the words of this service."""

import json
from collections.abc import Iterator

from fastapi import APIRouter, WebSocket

from api.adapters.cartesia.error_shape import error_body
from api.adapters.cartesia.events import Chunks
from api.adapters.cartesia.schemas import CancelMessage, SocketMessage
from api.adapters.cartesia.timestamps import WordTimestamps
from api.adapters.dialect import FRAME_MS, VendorDialect, error_of, status_of, stop_notice
from api.adapters.models import given, read_object, validated
from api.adapters.told_words import aligns
from api.events import Event
from api.websocket.messages import Cancel, End, Flush, Message, Text
from api.websocket.send_queue import Outgoing
from api.websocket.session import SocketSession

router = APIRouter()


class OpenContext:
    """A context that the client has opened and that has not ended."""

    def __init__(self, message: SocketMessage, *, aligned: bool) -> None:
        self.options = given(message.options(timed=aligned))
        self.chunks = Chunks(message.context_id, message.unapplied(timed=aligned))
        self.timestamps = WordTimestamps() if message.has_timestamps(timed=aligned) else None
        self.flushes = 0
        self.ended = False


class CartesiaDialect(VendorDialect):
    """Dialect of one socket. With `max_buffer_delay_ms` 0 each transcript is spoken at once, as if it were flushed.

    `aligned`: the checkpoint has an aligner.
    """

    def __init__(self, request_id: str, *, aligned: bool) -> None:
        self._request_id, self._aligned = request_id, aligned
        self._contexts: dict[str, OpenContext] = {}

    def read(self, data: str, *, first: bool) -> Iterator[Message]:
        fields = read_object(data)
        if fields.get("cancel"):
            yield Cancel(type="cancel", context_id=validated(CancelMessage, fields).context_id)
            return
        message = validated(SocketMessage, fields)
        name, spoken = message.context_id, bool(message.transcript.strip())
        known = self._contexts.get(name)
        if known is None and not spoken:
            return  # the end of a context that has ended
        context = known or OpenContext(message, aligned=self._aligned)
        if message.transcript:
            piece = {"type": "text", "text": message.transcript, "context_id": name, "frame_ms": FRAME_MS}
            yield validated(Text, piece | context.options)
        self._contexts[name] = context
        if context.timestamps:
            context.timestamps.add_text(message.transcript)
        if message.more:
            if message.flush or (spoken and message.max_buffer_delay_ms == 0):
                yield Flush(type="flush", context_id=name)
        elif not context.ended:
            context.ended = True
            yield End(type="end", context_id=name)

    def event(self, event: Event, context_id: str | None) -> Iterator[str]:
        kind, name = event["type"], context_id or ""
        if kind in {"end", "cancelled"}:
            context = self._contexts.pop(name, None)
            if kind == "end" and context and context.timestamps and (words := context.timestamps.take()):
                yield json.dumps(context.chunks.timestamps(words))
            yield json.dumps((context.chunks if context else Chunks(name)).done())
        elif kind == "flushed" and (context := self._contexts.get(name)):
            context.flushes += 1
            yield json.dumps(context.chunks.flushed(context.flushes))
        elif kind == "stopping":
            for open_context in self._contexts.values():
                open_context.chunks.notice(stop_notice(event))
        elif kind == "error":
            self._contexts.pop(name, None)
            code, message = error_of(event)
            error = error_body(status_of(code), code, message, {}, self._request_id)
            yield json.dumps({"type": "error", "done": True, "context_id": context_id} | error)

    def audio(self, item: Outgoing) -> Iterator[str]:
        assert item.audio is not None and item.frame and item.synthesis
        context = self._contexts.get(item.context_id or "")
        if context is None:  # frames of a cancelled context are not written
            return
        request = item.synthesis.request
        begin_s = item.frame.sample / request.utterance.rate
        if context.timestamps and (words := context.timestamps.take(request, begin_s)):
            yield json.dumps(context.chunks.timestamps(words))
        yield json.dumps(context.chunks.chunk(item.audio))


@router.websocket("/tts/websocket")
async def serve_socket(socket: WebSocket) -> None:
    """Speak the transcripts of many contexts."""
    service = socket.app.state.service
    dialect = CartesiaDialect(socket.scope["state"]["request_id"], aligned=aligns(service))
    await SocketSession(socket, service, dialect).serve()
