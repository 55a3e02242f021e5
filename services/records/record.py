"""What is kept of one request. Knows nothing of where."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from shared.types import Utterance
from shared.version import APP_VERSION


class Outcome(StrEnum):
    """How a request ended. REFUSED is the caller's doing, FAILED is ours.

    INTERRUPTED: the process died while it spoke, which was found out at the next start.
    """

    RUNNING = "running"
    OK = "ok"
    CLIENT_LEFT = "client_left"
    STALLED = "stalled"
    REFUSED = "refused"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What a request came to. `took_s` and `ttfb_s` count from its arrival; `ttfb_s` is None where nothing sounded."""

    queued_s: float = 0.0
    ttfb_s: float | None = None
    took_s: float = 0.0
    audio_s: float = 0.0
    tokens: int = 0
    retries: int = 0
    chunks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord(Measures):
    """One row of `tts_requests`, here and in Supabase.

    `id` is ours and never comes twice; `request_id` is what the answer was named by, which a caller may choose, and
    choose again. Of a text that is not kept, `text` and `lexicon` are None; `text_sha256` and `characters` remain.
    """

    id: str
    request_id: str
    key_id: str
    arrived_at: str  # ISO 8601, UTC
    app_version: str
    model_version: str
    speaker: str
    format: str
    rate: int
    stream: bool
    speed: float
    normalize: bool
    chunking: bool
    lexicon: Mapping[str, str] | None
    temperature: float
    top_k: int
    top_p: float
    repetition_penalty: float
    max_tokens: int
    seed: int
    text: str | None
    text_sha256: str
    characters: int
    outcome: Outcome = Outcome.RUNNING
    error_code: str | None = None

    @classmethod
    def begun(
        cls, utterance: Utterance, format: str, *, kept: bool, key_id: str, request_id: str, model_version: str
    ) -> "RequestRecord":
        """What is known when a request begins; `kept`: its text is."""
        return cls(
            id=uuid.uuid4().hex,
            request_id=request_id,
            key_id=key_id,
            arrived_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            app_version=APP_VERSION,
            model_version=model_version,
            speaker=utterance.voice.id,
            format=format,
            rate=utterance.rate,
            stream=utterance.stream,
            speed=utterance.speed,
            normalize=utterance.normalize,
            chunking=utterance.chunking,
            lexicon=dict(utterance.lexicon) if kept else None,
            **asdict(utterance.sampling),
            **_said(utterance.text, kept=kept),
        )

    def ended(
        self, outcome: Outcome, error_code: str | None, measures: Measures, *, text: str, kept: bool
    ) -> "RequestRecord":
        """The same request at its end, with all of its text."""
        return replace(self, outcome=outcome, error_code=error_code, **asdict(measures), **_said(text, kept=kept))


def _said(text: str, *, kept: bool) -> dict[str, Any]:
    return {
        "text": text if kept else None,
        "text_sha256": sha256(text.encode()).hexdigest(),
        "characters": len(text),
    }


COLUMNS = tuple(field.name for field in fields(RequestRecord))
