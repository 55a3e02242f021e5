"""One example of each message and event. tests/ops/reference validates every one against its model."""

Message = dict[str, object]

_TIMINGS = {"queue": 0.1, "normalize": 0.6, "first_token": 31.0, "first_audio": 214.8}

CLIENT: dict[str, Message] = {
    "auth": {"type": "auth"},
    "speak": {
        "type": "speak",
        "context_id": "greeting",
        "text": "Hello, this is the demo voice.",
        "speaker": "lipakshi",
        "format": "pcm",
        "seed": 7,
    },
    "text": {"type": "text", "context_id": "reply", "text": "The train to Pune ", "speaker": "lipakshi"},
    "flush": {"type": "flush", "context_id": "reply"},
    "end": {"type": "end", "context_id": "reply"},
    "cancel": {"type": "cancel", "context_id": "reply", "played_s": 1.74},
    "pause": {"type": "pause"},
    "resume": {"type": "resume"},
    "ping": {"type": "ping"},
}
"""Messages that a client sends on a WebSocket, by type."""

FIRST_MESSAGE_WITH_KEY: Message = {"type": "auth", "api_key": "veena3_…"}
"""A first message that carries the key. Every first message may have `api_key`."""

SUMMARIES = {
    "auth": "Give the API key. It is the first message, if it is sent at all; its field `api_key` holds the key.",
    "speak": "Speak `text` to its end. Without `context_id` the server names the context. "
    "Without `text`, open the context for `text` messages.",
    "text": "Add a piece of text to a context. The first piece of a new context may name the speaker and options; "
    "without a speaker, the options of the newest context hold.",
    "flush": "Speak everything that is there, complete sentence or not. `flushed` follows once it is spoken.",
    "end": "End the text of a context: its rest is spoken, then `end` follows. Without a context, end all of them; the "
    "server closes the connection with 1000 once everything is spoken.",
    "cancel": "Stop a context at once; without a context, stop all of them. `cancelled` follows for each. "
    "`played_s` is the position of the client's player in the context, for the word that `cancelled` names.",
    "pause": "Stop audio and its events, of all contexts, until `resume`. `paused` follows.",
    "resume": "Let audio and its events go on. `resumed` follows.",
    "ping": "Ask for a `pong`, for example to keep a proxy from closing an idle connection.",
}
"""Meaning of each message that a client sends."""

_EVENTS: dict[str, Message] = {
    "start": {
        "type": "start",
        "request_id": "6f1c0e4a-0",
        "speaker": "lipakshi",
        "format": "pcm",
        "content_type": "audio/pcm;rate=16000;channels=1",
        "sample_rate": 16000,
        "sr_applied": False,
        "mark_applied": True,
        "seed": 7,
    },
    "audio": {"type": "audio", "audio": "AAABAAIAAwA=", "samples": 4},
    "progress": {"type": "progress", "frame": 50, "seconds": 1.0},
    "chunk": {
        "type": "chunk",
        "index": 0,
        "text": "Hello, this is the demo voice.",
        "start_s": 0.0,
        "end_s": 1.98,
    },
    "words": {
        "type": "words",
        "words": [
            {"index": 0, "word": "Hello", "start_s": 0.06, "end_s": 0.48, "from": 0, "to": 5},
            {"index": 1, "word": "this", "start_s": 0.52, "end_s": None, "from": 7, "to": 11},
        ],
    },
    "mark": {"type": "mark", "name": "answer", "at_s": 1.42, "exact": True},
    "metrics": {
        "type": "metrics",
        "frame": 0,
        "bytes": 640,
        "samples": 320,
        "made_ms": 215.3,
        "tokens": 28,
        "rtf": 0.4482,
        "timings_ms": _TIMINGS,
    },
    "flushed": {"type": "flushed"},
    "cancelled": {
        "type": "cancelled",
        "spoken_to": {"index": 4, "word": "demo", "start_s": 1.42, "end_s": 1.8, "from": 19, "to": 23},
    },
    "paused": {"type": "paused"},
    "resumed": {"type": "resumed"},
    "pong": {"type": "pong"},
    "stopping": {"type": "stopping", "seconds": 30.0},
    "end": {
        "type": "end",
        "seconds": 1.98,
        "tokens": 99,
        "chunks": 1,
        "seed": 7,
        "ttfb_ms": 214.8,
        "rtf": 0.3437,
        "completeness": {
            "score": 1.0,
            "chunks": 1,
            "incomplete": 0,
            "faults": {},
            "retried": 0,
            "retry_tokens": 0,
            "babble_cut": 0,
        },
    },
    "error": {
        "type": "error",
        "error": {
            "code": "INVALID_SPEAKER",
            "message": "unknown speaker; known are lipakshi, reet, and the aliases that /v1/voices lists",
            "details": {"field": "speaker"},
        },
        "request_id": "6f1c0e4a-0",
    },
}

_WITHOUT_CONTEXT = ("pong", "paused", "resumed", "stopping")


def sse_example(kind: str) -> Message:
    """Return an event of that type as `/v1/tts/sse` sends it."""
    return _EVENTS[kind] | {"seq": 0, "ts_ms": 215.4}


def socket_example(kind: str) -> Message:
    """Return an event of that type as `/v1/tts/ws` sends it."""
    context = None if kind in _WITHOUT_CONTEXT else "greeting"
    return _EVENTS[kind] | {"context_id": context, "seq": 0, "ts_ms": 215.4}
