"""The record of one request. Leaves its storage and delivery to other modules."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from core.request_state import RequestState
from shared.version import APP_VERSION


class Outcome(StrEnum):
    """End of a request. REFUSED is the caller's fault, FAILED the service's.

    INTERRUPTED: the service stopped, or its process died, during the request. The next start finds the latter.
    """

    RUNNING = "running"
    OK = "ok"
    CLIENT_LEFT = "client_left"
    STALLED = "stalled"
    REFUSED = "refused"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Destination(StrEnum):
    """A destination that a record is delivered to. The value is the column that is 1 until it has the record."""

    SUPABASE = "owes_supabase"
    CREDITS = "owes_credits"

    @property
    def label(self) -> str:
        """Return the destination's name, for logs, tasks and health."""
        return self.removeprefix("owes_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Measures of a request. `took_s` and `ttfb_s` count from its arrival; `ttfb_s` is None without a first sound."""

    queued_s: float = 0.0
    ttfb_s: float | None = None
    took_s: float = 0.0
    audio_s: float = 0.0
    tokens: int = 0
    retries: int = 0
    chunks: int = 0

    @classmethod
    def of(cls, request: RequestState, *, now: float) -> "Measures":
        """Measure a request as it is now."""
        return cls(
            queued_s=request.queued_s,
            ttfb_s=request.ttfb_s(now) if request.first_audio_at else None,
            took_s=request.elapsed_s(now),
            audio_s=request.seconds,
            tokens=request.tokens,
            retries=request.retries,
            chunks=request.chunks,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord(Measures):
    """One row of `tts_requests`, in the outbox and in Supabase.

    `id` is made here and unique; `request_id` is the answer's id, which a caller may choose, and choose again.
    Where the text is not kept, `text` and `lexicon` are None; `text_sha256` and `characters` remain.
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
    def begun(cls, request: RequestState, *, kept: bool, key_id: str, model_version: str) -> "RequestRecord":
        """Record a request at its beginning; `kept` says whether its text is kept."""
        utterance = request.utterance
        return cls(
            id=uuid.uuid4().hex,
            request_id=request.id,
            key_id=key_id,
            arrived_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            app_version=APP_VERSION,
            model_version=model_version,
            speaker=utterance.voice.id,
            format=utterance.format,
            rate=utterance.rate,
            stream=utterance.stream,
            speed=utterance.speed,
            normalize=utterance.normalize,
            chunking=utterance.chunking,
            lexicon=dict(utterance.lexicon) if kept else None,
            **asdict(utterance.sampling),
            **_text_columns(utterance.text, kept=kept),
        )

    def ended(
        self, outcome: Outcome, error_code: str | None, measures: Measures, *, text: str, kept: bool
    ) -> "RequestRecord":
        """Return the record of the same request at its end, with all of its text."""
        return replace(
            self, outcome=outcome, error_code=error_code, **asdict(measures), **_text_columns(text, kept=kept)
        )


def _text_columns(text: str, *, kept: bool) -> dict[str, Any]:
    return {
        "text": text if kept else None,
        "text_sha256": sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        "characters": len(text),
    }


COLUMNS = tuple(field.name for field in fields(RequestRecord))
