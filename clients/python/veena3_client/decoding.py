"""Decoders of the three transports, without I/O: the pieces that arrive become events.

`feed` takes a piece and returns its events, `finish` the events of a complete end. Both raise ValueError for what no
Veena3 server sends, APIStatusError for an error that the server reports, and StreamInterruptedError for a missing end.
"""

import base64
import struct
import time
from collections.abc import Mapping

from veena3_client.checks import MAX_RATE, MAX_SAMPLES, LineDecoder, json_object, string, whole
from veena3_client.errors import StreamInterruptedError
from veena3_client.events import Event, checked_event, refusal

SAMPLE_BYTES = {"wav": 2, "pcm": 2, "pcm-f32": 4, "mulaw": 1, "mulaw-raw": 1}
"""Bytes of a sample, for the formats whose size gives their duration."""
EARLY_END = "the server ended its events too early"
_TAG = struct.Struct("<II")


class BodyDecoder:
    """Chunked body of `POST /v1/tts/generate`. Positions in the audio are known for uncompressed formats."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers
        self._size = self._bytes_per_s = 0

    def start(self) -> list[Event]:
        """Return the first event; its fields are the headers, with `format` and `sample_rate`."""
        format, given = string(self._headers, "x-format"), int(self._headers.get("x-sample-rate", ""))
        fields: dict[str, object] = {"format": format, "sample_rate": given}
        rate = whole(fields, "sample_rate", least=1, most=MAX_RATE)
        self._bytes_per_s = SAMPLE_BYTES.get(format, 0) * rate
        return [Event(time.perf_counter(), "start", fields=fields | dict(self._headers))]

    def feed(self, piece: bytes) -> list[Event]:
        """Return the event of a piece of the body."""
        sound = len(piece if self._size else sound_bytes(piece))
        begins_s = self._size / self._bytes_per_s if self._bytes_per_s else None
        self._size += sound
        return [Event(time.perf_counter(), "audio" if sound else "header", piece, begins_s)]

    def finish(self) -> list[Event]:
        """Return the last event; a body that broke off has failed before."""
        fields = {"seconds": self._size / self._bytes_per_s} if self._bytes_per_s else {}
        return [Event(time.perf_counter(), "end", fields=fields)]


def sound_bytes(body: bytes) -> bytes:
    """Return the bytes without the header of a WAV file. Raises ValueError."""
    return body[body.index(b"data") + 8 :] if body.startswith(b"RIFF") else body


class SseDecoder:
    """Server-Sent Events of `POST /v1/tts/sse`."""

    def __init__(self) -> None:
        self._lines = LineDecoder()
        self._rate = self._samples = 0
        self._ended = False

    def feed(self, piece: bytes) -> list[Event]:
        """Return the events that this piece completes."""
        lines = self._lines.feed(piece)
        return [self._event(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]

    def finish(self) -> list[Event]:
        """Return nothing; raise StreamInterruptedError where the last event is missing."""
        if not self._ended:
            raise StreamInterruptedError(EARLY_END)
        return []

    def _event(self, data: str) -> Event:
        at, fields = time.perf_counter(), json_object(data)
        kind = checked_event(fields)
        if kind == "error":
            raise refusal(fields)
        if kind == "start":
            self._rate = fields["sample_rate"]
        self._ended = kind == "end"
        if kind != "audio":
            return Event(at, kind, fields=fields)
        audio = base64.b64decode(string(fields, "audio"), validate=True)
        begins_s = position_s(self._samples, self._rate)
        self._samples += whole(fields, "samples", least=0, most=MAX_SAMPLES)
        return Event(at, kind, audio, begins_s, {name: value for name, value in fields.items() if name != "audio"})


class MessageDecoder:
    """Messages of a WebSocket, with tagged frames. An audio event belongs to the context that was announced last."""

    def __init__(self) -> None:
        self._announced: str | None = None
        self._rates: dict[str, int] = {}

    def feed(self, message: str | bytes) -> Event:
        """Return the event of a message; an event without a context belongs to the socket."""
        at = time.perf_counter()
        if isinstance(message, bytes):
            return self._frame(message, at)
        fields = json_object(message)
        kind, context = checked_event(fields), fields.get("context_id")
        if context is not None and not isinstance(context, str):
            raise ValueError("no context_id")
        if kind == "start":
            self._rates[string(fields, "context_id")] = fields["sample_rate"]
        if kind in ("start", "progress"):
            self._announced = context
        elif kind in ("end", "cancelled") and context:
            self._rates.pop(context, None)
        return Event(at, kind, fields=fields)

    def _frame(self, message: bytes, at: float) -> Event:
        if len(message) < _TAG.size or self._announced is None:
            raise ValueError("a frame without its tag or its context")
        _, first = _TAG.unpack_from(message)
        begins_s = position_s(first, self._rates.get(self._announced, 0))
        return Event(at, "audio", message[_TAG.size :], begins_s, {"context_id": self._announced})


def position_s(samples: int, rate: int) -> float:
    """Return a position in the audio in seconds. Raises ValueError for audio before its `start`."""
    if not rate or samples > MAX_SAMPLES:
        raise ValueError("no position")
    return samples / rate
