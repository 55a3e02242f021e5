"""`WS /v1/audio/speech/stream`: vllm-omni's utterances in the words of this service."""

import json
from collections import deque
from collections.abc import Iterator

from fastapi import APIRouter, WebSocket

from api.adapters.dialect import FRAME_MS, VendorDialect, error_of, stop_notice
from api.adapters.models import read_object, validated
from api.adapters.vllm_omni.schemas import RATE, SessionConfig, SocketMessage
from api.events import Event
from api.websocket.messages import End, Flush, Message, Text
from api.websocket.send_queue import Outgoing
from api.websocket.session import SocketSession
from shared.errors import ValidationFailed

router = APIRouter()


class VllmOmniDialect(VendorDialect):
    """Dialect of one socket. Each configuration has a context, and each utterance is a flush of it.

    vllm-omni numbers the sentences of an utterance that it speaks as requests of their own; here it is always one.
    """

    keep_alive = 'a message `{"type": "input.done"}` keeps a socket open'

    def __init__(self) -> None:
        self.ends_on_error = True  # until a configuration is accepted
        self._config: SessionConfig | None = None
        self._context = ""  # the open one, if any
        self._opened = self._index = 0  # contexts so far, and number of the utterance that is spoken
        self._texts = deque([""])  # of the utterances that are not spoken yet; the last one is being written
        self._bytes: int | None = None  # of the utterance that is spoken; None before its audio
        self._without_effect: list[str] = []

    def context_of(self, data: str) -> None:
        """Return None: messages name no context, and an error of one does not end the utterance."""

    def read(self, data: str, *, first: bool) -> Iterator[Message]:
        fields = read_object(data)
        message = validated(SocketMessage, fields)
        if message.type == "session.config":
            yield from self._configure(fields)
        elif self._config is None:
            raise ValidationFailed("type: the first message must be session.config", details={"field": "type"})
        elif message.type == "input.text":
            yield from self._add(message.text)
        elif message.type == "input.done":
            yield from self._add("")
            yield Flush(type="flush", context_id=self._context)
            self._texts.append("")
        else:
            yield End(type="end")

    def _configure(self, fields: dict[str, object]) -> Iterator[Message]:
        """Open a context with these options; the one before has spoken all of its text."""
        if len(self._texts) > 1 or self._texts[0]:
            raise ValidationFailed("type: session.config must not come between input.text and its session.done")
        config, before = validated(SessionConfig, fields), self._context
        yield self._piece("", self._next_context(), config)
        self._config, self._context, self.ends_on_error = config, self._next_context(), False
        self._without_effect = config.without_effect()
        self._opened += 1
        if before:
            yield End(type="end", context_id=before)

    def _add(self, text: str) -> Iterator[Message]:
        """Add text to the open context; one that an error has ended is opened again."""
        assert self._config
        yield self._piece(text, self._context or self._next_context(), self._config)
        if not self._context:
            self._context = self._next_context()
            self._opened += 1
        self._texts[-1] += text

    def _next_context(self) -> str:
        return f"configuration-{self._opened}"

    def _piece(self, text: str, name: str, config: SessionConfig) -> Text:
        piece = {"type": "text", "text": text, "context_id": name, "frame_ms": FRAME_MS}
        return validated(Text, piece | config.options())

    def event(self, event: Event, context_id: str | None) -> Iterator[str]:
        match event["type"]:
            case "flushed":
                spoken = self._bytes is not None
                yield from self._audio_done(failed=False)
                yield self._message("session.done", total_sentences=int(spoken))
                self._texts.popleft()
                self._index += 1
            case "error":
                ends_context = context_id is not None and context_id == self._context
                partial = {"partial_audio": True, "action": "discard"} if ends_context and self._bytes else {}
                yield json.dumps({"type": "error", "message": error_of(event)[1]} | partial)
                if ends_context:
                    yield from self._audio_done(failed=True)
                    self._context, self._texts = "", deque([""])
            case "stopping":
                yield json.dumps({"type": "session.stopping", "message": stop_notice(event)})

    def audio(self, item: Outgoing) -> Iterator[str | bytes]:
        assert item.audio is not None
        if self._bytes is None:
            assert self._config
            self._bytes = 0
            start: Event = {"sentence_text": self._texts[0], "format": self._config.response_format}
            start |= {"sample_rate": RATE, "channels": 1}
            if self._without_effect:
                start["without_effect"], self._without_effect = self._without_effect, []
            yield self._sentence("audio.start", **start)
        self._bytes += len(item.audio)
        yield item.audio

    def _audio_done(self, *, failed: bool) -> Iterator[str]:
        if self._bytes is not None:
            yield self._sentence("audio.done", total_bytes=self._bytes, error=failed)
        self._bytes = None

    def _sentence(self, kind: str, **fields: object) -> str:
        return self._message(kind, sentence_index=0, **fields)

    def _message(self, kind: str, **fields: object) -> str:
        return json.dumps({"type": kind, "utterance_index": self._index} | fields)


@router.websocket("/v1/audio/speech/stream")
async def serve_socket(socket: WebSocket) -> None:
    """Speak the utterances of one socket in binary messages."""
    await SocketSession(socket, socket.app.state.service, VllmOmniDialect()).serve()
