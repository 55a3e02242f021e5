"""Messages of ElevenLabs' sockets in the words of this service."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from api.adapters.dialect import FRAME_MS, VendorDialect, error_of, stop_notice
from api.adapters.elevenlabs.alignment import Alignments, Pair, in_milliseconds
from api.adapters.elevenlabs.error_shape import code_of
from api.adapters.elevenlabs.schemas import SocketMessage, output_options, spoken_options
from api.adapters.models import given, read_object, validated
from api.events import Event
from api.websocket.closing import CloseCode
from api.websocket.dialect import string_in
from api.websocket.messages import Cancel, End, Flush, Message, Text
from api.websocket.send_queue import Outgoing
from shared.errors import ValidationFailed

DEFAULT_CONTEXT = "default"
"""Context of messages that name none."""


@dataclass(slots=True)
class OpenContext:
    """A context that the client has opened and that has not ended."""

    options: dict[str, object]
    alignments: Alignments | None  # None where the checkpoint has no aligner
    warnings: list[str] = field(default_factory=list)  # fields without effect, named with the first audio
    flushed: bool = False  # no text has come since a flush
    closing: bool = False


class ElevenLabsDialect(VendorDialect):
    """Dialect of one socket, of a single stream or of `many` contexts.

    A context that is closed after a flush is spoken to its end. One that is closed with text that was not flushed, or
    closed again, is interrupted: the clients close the context that the user interrupts. In `auto_mode` every sentence
    comes with a flush, so that only a flush without text counts there.

    Times of alignments count from the end of the alignment before, as Pipecat reads them; with `sync_alignment`, from
    the beginning of the context, as LiveKit does, which alone asks for that.
    """

    keep_alive = 'a message `{"text": " "}` keeps a socket open'

    def __init__(
        self,
        voice_id: str,
        *,
        many: bool,
        accepts_strangers: bool,
        output_format: str,
        normalization: str,
        auto_mode: bool,
        aligned: bool,
        sync_alignment: bool,
    ) -> None:
        self._voice_id, self._many, self._output_format = voice_id, many, output_format
        self._normalization, self._auto_mode = normalization, auto_mode
        self._aligned, self._relative = aligned, not sync_alignment
        self._contexts: dict[str, OpenContext] = {}
        self.accepts_strangers, self.ends_on_error = accepts_strangers, not many

    def secret_in(self, data: str) -> str | None:
        return string_in(data, "xi_api_key", "xi-api-key", "authorization")

    def context_of(self, data: str) -> str | None:
        return string_in(data, "context_id", "contextId")

    def read(self, data: str, *, first: bool) -> Iterator[Message]:
        message = validated(SocketMessage, read_object(data))
        if not self._many:
            return self._single(message)
        if message.close_socket:
            return iter((End(type="end"),))
        return self._of_context(message, message.context_id or message.contextId or DEFAULT_CONTEXT)

    def _single(self, message: SocketMessage) -> Iterator[Message]:
        if message.text is None and not message.flush:
            raise ValidationFailed("text: Field required", details={"field": "text"})
        if message.text:
            yield from self._text(message, DEFAULT_CONTEXT)
        if message.flush and DEFAULT_CONTEXT in self._contexts:
            yield Flush(type="flush", context_id=DEFAULT_CONTEXT)
        if message.text == "" and not message.flush:
            yield End(type="end")

    def _of_context(self, message: SocketMessage, name: str) -> Iterator[Message]:
        if message.close_context:
            yield from self._close(name)
            return
        if message.text:
            yield from self._text(message, name)
        if message.flush and (context := self._contexts.get(name)) and not context.closing:
            context.flushed = not (message.text and self._auto_mode)
            yield Flush(type="flush", context_id=name)

    def _text(self, message: SocketMessage, name: str) -> Iterator[Message]:
        context = self._contexts.get(name)
        if context is None:
            settings = spoken_options(message.voice_settings, self._normalization)
            options = given(output_options(self._output_format) | settings) | {"timestamps": self._aligned}
            context = OpenContext(options, Alignments() if self._aligned else None, message.without_effect())
        # An empty message opens the context; it is recorded here only when the session has opened it.
        yield validated_text(message.text or "", name, self._voice_id, context.options)
        self._contexts[name] = context
        if context.alignments:
            context.alignments.add_text(message.text or "")
        context.flushed = context.flushed and not (message.text or "").strip()

    def _close(self, name: str) -> Iterator[Message]:
        context = self._contexts.get(name)
        if context is None:
            return
        if context.flushed and not context.closing:
            context.closing = True
            yield End(type="end", context_id=name)
        else:
            yield Cancel(type="cancel", context_id=name)

    def event(self, event: Event, context_id: str | None) -> Iterator[str]:
        kind = event["type"]
        if kind in {"end", "cancelled"}:
            context = self._contexts.pop(context_id or "", None)
            if kind == "end" and context and context.alignments:
                rest = self._aligned_with(context.alignments.take_rest(spaced=True))
                if any(rest.values()):
                    yield self._message({"audio": None, "isFinal": None} | rest, context_id)
            yield self._message({"audio": None, "isFinal": True}, context_id)
        elif kind == "error":
            known = self._contexts.pop(context_id or "", None)
            yield self._message(_error(event), context_id)
            if self._many and known:
                yield self._message({"audio": None, "isFinal": True}, context_id)
        elif kind == "stopping":
            for name in tuple(self._contexts):
                yield self._message({"audio": None, "isFinal": None, "warning": stop_notice(event)}, name)

    def audio(self, item: Outgoing) -> Iterator[str]:
        assert item.audio is not None
        context = self._contexts.get(item.context_id or "")
        alignments = context.alignments if context else None
        message: Event = {"audio": base64.b64encode(item.audio).decode("ascii"), "isFinal": None}
        message |= self._aligned_with(_characters_of(item, alignments) if alignments else (None, None))
        if context and context.warnings:
            message["withoutEffect"] = context.warnings
            context.warnings = []
        yield self._message(message, item.context_id)

    def _aligned_with(self, characters: Pair) -> Event:
        written, spoken = (in_milliseconds(one, relative=self._relative) for one in characters)
        return {"normalizedAlignment": spoken, "alignment": written}

    def _message(self, fields: Event, context_id: str | None) -> str:
        return json.dumps(fields | ({"contextId": context_id} if self._many and context_id else {}))


def validated_text(text: str, name: str, voice_id: str, options: dict[str, object]) -> Text:
    """Return the message with the next piece of a context's text. Raise ServiceError for wrong options."""
    return validated(
        Text, {"type": "text", "text": text, "context_id": name, "speaker": voice_id, "frame_ms": FRAME_MS} | options
    )


def _characters_of(item: Outgoing, alignments: Alignments) -> Pair:
    """Return the characters that begin in the audio of a message."""
    assert item.frame and item.synthesis
    request, frame = item.synthesis.request, item.frame
    rate = request.utterance.rate
    alignments.follow(request, frame.sample / rate)
    return alignments.take((frame.sample + frame.samples) / rate)


def _error(event: Event) -> Event:
    code, message = error_of(event)
    return {"message": message, "error": code_of(code), "code": CloseCode.REFUSED}
