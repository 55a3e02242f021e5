"""`WS /v1/twilio/stream`: speak a text into a call, until it is heard or a key is pressed."""

import base64
import json
from collections.abc import Iterator

from fastapi import APIRouter, WebSocket
from pydantic_core import from_json

from api.adapters.dialect import FRAME_MS, VendorDialect
from api.adapters.models import given, read_object, validated
from api.adapters.twilio.schemas import Start, StreamMessage
from api.events import Event
from api.websocket.messages import Cancel, End, Message, Speak
from api.websocket.send_queue import Outgoing
from api.websocket.session import SocketSession
from shared.errors import ValidationFailed

HEARD = "heard"
"""Mark behind the last audio. Twilio returns it when the call has heard everything."""

router = APIRouter()


class TwilioDialect(VendorDialect):
    """Dialect of one call. Twilio reads no errors and no notice of a stop: they are the reason of the close frame.

    Twilio buffers the audio, and drops it when the socket is closed: the call ends with the mark that it has heard all.
    """

    accepts_strangers, ends_on_error, awaits_playback = True, True, True

    def __init__(self) -> None:
        self._stream_sid = ""

    def secret_in(self, data: str) -> str | None:
        """Return the key of the stream's parameters."""
        try:
            key = from_json(data)["start"]["customParameters"]["api_key"]
        except (ValueError, LookupError, TypeError):
            return None
        return key if isinstance(key, str) else None

    def is_greeting(self, data: str) -> bool:
        return '"connected"' in data and '"start"' not in data

    def context_of(self, data: str) -> str | None:
        return self._stream_sid or None

    def read(self, data: str, *, first: bool) -> Iterator[Message]:
        message = validated(StreamMessage, read_object(data))
        if message.event == "start":
            yield self._speak(message.start)
        elif message.event == "dtmf":
            yield Cancel(type="cancel", context_id=self._stream_sid or "none")
        elif message.event == "stop" or (message.mark and message.mark.name == HEARD):
            yield End(type="end")

    def _speak(self, start: Start | None) -> Speak:
        if start is None:
            raise ValidationFailed("start: Field required", details={"field": "start"})
        self._stream_sid, parameters = start.stream_sid, start.parameters
        options = given({"speaker": parameters.voice, "speed": parameters.speed})
        speak = {"type": "speak", "text": parameters.text, "context_id": start.stream_sid}
        return validated(Speak, speak | options | {"format": "mulaw-raw", "frame_ms": FRAME_MS})

    def event(self, event: Event, context_id: str | None) -> Iterator[str]:
        kind = event["type"]
        if kind == "cancelled":
            yield self._message("clear")
        if kind in {"end", "cancelled"}:
            yield self._message("mark", mark={"name": HEARD})

    def audio(self, item: Outgoing) -> Iterator[str]:
        assert item.audio is not None
        yield self._message("media", media={"payload": base64.b64encode(item.audio).decode("ascii")})

    def _message(self, kind: str, **fields: object) -> str:
        return json.dumps({"event": kind, "streamSid": self._stream_sid} | fields)


@router.websocket("/v1/twilio/stream")
async def serve_call(socket: WebSocket) -> None:
    """Speak the text of the stream's parameters into its call."""
    await SocketSession(socket, socket.app.state.service, TwilioDialect()).serve()
