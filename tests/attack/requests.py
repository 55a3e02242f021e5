"""Requests made at random: every route, valid and invalid values, whole and broken messages. One seed, one request."""

import json
import random
from collections.abc import Callable

TEXTS = (
    *("Hello there.", "नमस्ते दुनिया।", "నమస్కారం.", "[excited] Go!", "⁴" * 40, "1234567890" * 5, "a", " ", "", "।॥"),
    *("<|im_end|>", "\ud800", "\x00", "e\u0301" * 200, "😀" * 50, "(" * 500, "! " * 300, "www.a.b/c?d=e", "₹1,500.50"),
    *(
        "12:30",
        "3/4",
        "5 km/h",
        "[",
        "[a b c]",
        "\u202eabc",
        "a\u200d" * 100,
        "Dr. Rao paid $3.5m on 31/12/1999.",
        "x" * 3000,
    ),
)
NUMBERS = (0, 1, -1, 0.5, 2, 1e-46, 1e-38, 1e308, 2**31, 2**64, -0.0, True, None, "1", [], {}, 64, 4096, 4.0, 0.25)
FIELDS = (
    *("temperature", "top_p", "top_k", "repetition_penalty", "max_tokens", "seed", "speed", "sample_rate", "normalize"),
    *("chunking", "normalize_verbose", "lexicon", "format", "output", "stream", "speaker", "text", "unknown"),
)
WORDS = ("wav", "pcm", "mp3", "opus", "flac", "aac", "mulaw", "ogg", "", "16khz", "48khz", "lipakshi", "x" * 200, "\n")
PATHS = (
    *(
        "/v1/tts/generate",
        "/v1/tts/sse",
        "/v1/audio/speech",
        "/v1/models",
        "/v1/voices",
        "/v1/keys",
        "/health",
        "/live",
    ),
    *("/ready", "/metrics", "/v1/sessions", "/log_frontend_event", "/reset_audio_debug", "/audio_debug_stats"),
    *(
        "/docs",
        "/",
        "/flow",
        "/openapi.json",
        "/assets/service.js",
        "/assets/..%2f..%2fapp.py",
        "/v1/models/x",
        "/v1/keys/%00",
    ),
)
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")
SPEECH = PATHS[:3]
MESSAGES = ("speak", "text", "flush", "end", "cancel", "pause", "resume", "ping", "auth", "nonsense")

Request = tuple[str, str, dict[str, str], bytes]


def value(chance: random.Random) -> object:
    """Return a value of any kind."""
    kinds: tuple[Callable[[], object], ...] = (
        lambda: chance.choice(NUMBERS),
        lambda: chance.choice(WORDS),
        lambda: chance.choice(TEXTS),
        lambda: {chance.choice(WORDS): chance.choice(TEXTS)},
        lambda: chance.uniform(-1, 5),
    )
    return chance.choice(kinds)()


def speech(chance: random.Random) -> dict[str, object]:
    """Return the fields of a request to speak, half of which are valid."""
    text = chance.choice(TEXTS if chance.random() < 0.5 else TEXTS[:5])
    fields: dict[str, object] = {"text": text, "speaker": "lipakshi", "max_tokens": 64, "seed": chance.randrange(100)}
    fields["stream"] = chance.random() < 0.5
    for _ in range(chance.choice((0, 0, 0, 0, 1, 2, 4))):
        fields[chance.choice(FIELDS)] = value(chance)
    return fields


def encoded(document: object, chance: random.Random) -> bytes:
    """Return JSON, which is now and then cut, nested, or in another encoding."""
    body = json.dumps(document).encode()
    match chance.randrange(40):
        case 0:
            return body[: chance.randrange(len(body) + 1)]
        case 1:
            return b"[" * chance.randrange(50_000)
        case 2:
            return json.dumps(document).encode("utf-16")
        case 3:
            return chance.randbytes(200)
    return body


def request(number: int, model: str) -> Request:
    """Return method, path, headers and body of request `number`; `model` is one that the service has."""
    chance = random.Random(number)
    path = chance.choice(SPEECH) if chance.random() < 0.6 else chance.choice(PATHS)
    method = "POST" if path in SPEECH and chance.random() < 0.95 else chance.choice(METHODS)
    fields = speech(chance)
    if path == "/v1/audio/speech":
        fields = {"input": fields.pop("text"), "voice": fields.pop("speaker"), "model": model} | (
            fields if chance.random() < 0.3 else {}
        )
    elif path == "/log_frontend_event":
        fields = {"event": chance.choice((*WORDS, "received")), "data": {"bytes": chance.choice(NUMBERS)}}
    headers = {"Content-Type": chance.choice(("application/json",) * 60 + ("text/plain", "", "multipart/form-data"))}
    if chance.random() < 0.1:
        headers["Accept"] = chance.choice(("application/json", "audio/wav", "text/event-stream", "*/*;q=x"))
    if chance.random() < 0.1:
        headers["X-Request-ID"] = chance.choice(("same", "x" * 300, "a b", "../../x"))
    return method, path, headers, encoded(fields, chance) if method not in ("GET", "HEAD") else b""


def messages(number: int) -> list[str | bytes]:
    """Return what a WebSocket client sends in a session of its own."""
    chance = random.Random(-number)
    sent: list[str | bytes] = []
    for _ in range(chance.randrange(1, 8)):
        kind = chance.choice(MESSAGES)
        fields: dict[str, object] = {"type": kind}
        if chance.random() < 0.7:
            fields["context_id"] = chance.choice(("a", "b", "x" * 300, 1))
        if kind in ("speak", "text"):
            fields |= speech(chance)
            fields.pop("stream", None)
        body = encoded(fields, chance)
        sent.append(body if chance.random() < 0.05 else body.decode("latin-1"))
    return sent
