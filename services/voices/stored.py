"""A voice that a caller made, and its row in the database."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from services.accounts.database import Row, Value
from shared.types import Reference, Style, Voice, VoiceSource

COLUMNS = (
    *("id", "key_id", "name", "public", "language", "description", "labels", "source", "codec", "model"),
    *("heard", "consent", "created_at", "changed_at"),
)
"""Columns of a voice without its tokens."""


@dataclass(frozen=True, slots=True)
class VoiceTokens:
    """All that a voice sounds by: 32 global tokens, and those of its reference or its style.

    `speaker` is the name by which the model is asked for a mix of the checkpoint's voices.
    """

    global_tokens: tuple[int, ...]
    reference: Reference | None = None
    style: Style | None = None
    speaker: str = ""

    def in_json(self) -> str:
        """Return the tokens as the column `tokens` holds them."""
        fields: dict[str, object] = {"global": self.global_tokens}
        if self.reference:
            fields |= {"transcript": self.reference.transcript, "semantic": self.reference.semantic_tokens}
        if style := self.style:
            fields["style"] = [style.gender, style.pitch, style.speed, style.pitch_value, style.speed_value]
        if self.speaker:
            fields["speaker"] = self.speaker
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "VoiceTokens":
        """Read the column `tokens`."""
        fields = json.loads(text)
        reference = Reference(fields["transcript"], tuple(fields["semantic"])) if "semantic" in fields else None
        style = Style(*fields["style"]) if "style" in fields else None
        return cls(tuple(fields["global"]), reference, style, fields.get("speaker", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVoice:
    """A voice that a caller made. Times are in seconds since 1970; lists leave `tokens` out.

    `codec` is the fingerprint of the codec whose tokens these are, `model` the name of its checkpoint. `heard` is what
    was measured in the recording, `consent` the record of the speaker's consent.
    """

    id: str
    key_id: str
    name: str
    public: bool = False
    language: str = ""
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    source: VoiceSource
    codec: str
    model: str
    heard: Mapping[str, object] = field(default_factory=dict)
    consent: Mapping[str, object] = field(default_factory=dict)
    created_at: float
    changed_at: float
    tokens: VoiceTokens | None = None

    @property
    def voice(self) -> Voice:
        """Return the voice that a request speaks with."""
        assert self.tokens, "the row was read with its tokens"
        return Voice(
            id=self.id,
            name=self.name,
            languages=(self.language,) if self.language else (),
            gender=self.labels.get("gender"),
            description=self.description,
            global_tokens=self.tokens.global_tokens,
            source=self.source,
            reference=self.tokens.reference,
            style=self.tokens.style,
            speaker=self.tokens.speaker,
        )

    def values(self) -> tuple[Value, ...]:
        """Return the values of COLUMNS, then `folded_name` and `tokens`."""
        assert self.tokens
        return (
            *(self.id, self.key_id, self.name, int(self.public), self.language, self.description),
            *(_json(self.labels), self.source, self.codec, self.model, _json(self.heard), _json(self.consent)),
            *(self.created_at, self.changed_at, folded(self.name), self.tokens.in_json()),
        )


def new_id(kind: str) -> str:
    """Return a new id of a `voice` or a `cons` (consent), which cannot be guessed."""
    return f"{kind}_{secrets.token_hex(10)}"


def folded(name: str) -> str:
    """Return the form of a name in which names are compared: without regard to case and outer spaces."""
    return name.strip().casefold()


def stored_voice(row: Row) -> StoredVoice:
    """Read a row of COLUMNS, and `tokens` if the row has them."""
    return StoredVoice(
        id=row["id"],
        key_id=row["key_id"],
        name=row["name"],
        public=bool(row["public"]),
        language=row["language"],
        description=row["description"],
        labels=json.loads(row["labels"]),
        source=VoiceSource(row["source"]),
        codec=row["codec"],
        model=row["model"],
        heard=json.loads(row["heard"]),
        consent=json.loads(row["consent"]),
        created_at=float(row["created_at"]),
        changed_at=float(row["changed_at"]),
        tokens=VoiceTokens.from_json(row["tokens"]) if "tokens" in row else None,
    )


def _json(fields: Mapping[str, object]) -> str:
    return json.dumps(dict(fields), ensure_ascii=False, separators=(",", ":"))
