"""A recording within a request: `reference_audio`, whose voice speaks that request or WebSocket context alone."""

import asyncio
import binascii
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from api.schemas import TextRequest
from api.strings import ClientModel, Name
from api.uploads import FILE_BYTES
from api.voices.schemas import Transcript
from services.accounts.caller import Caller, Scope
from services.speech import SpeechService
from services.voices.consents import consent_record
from services.voices.inline import INLINE
from shared.errors import PayloadTooLarge, RecordingUnusable, ValidationFailed
from shared.logging import get_logger
from shared.types import Voice

ENCODED_BYTES = FILE_BYTES * 4 // 3 + 100
"""Most characters of `reference_audio`: a file of FILE_BYTES in base64, and the beginning of a data URL."""
PIECE = 256 * 1024
"""Characters that are decoded at a time, because decoding keeps the interpreter's lock: 1 ms (measured)."""
_NAMED = {"reference_text", "consent"}

log = get_logger(__name__)


def without_required(field: str) -> Callable[[dict[str, Any]], None]:
    """Return the change of a schema in which a recording may take the place of `field`."""

    def change(schema: dict[str, Any]) -> None:
        schema["required"] = [name for name in schema["required"] if name != field]

    return change


class ReferenceFields(ClientModel):
    """Fields of a request whose recording takes the place of its `speaker`. A model inherits them before its others."""

    reference_audio: str | None = Field(
        None,
        max_length=ENCODED_BYTES,
        repr=False,
        description="recording in base64, checked as one of `POST /v1/voices`, whose voice speaks in place of "
        "`speaker`; needs `consent` and the scope `voices`",
    )
    reference_text: Transcript = Field("", repr=False, description="what the recording says, word for word")
    consent: bool | Annotated[Name, Field(max_length=64)] | None = Field(
        None, description="`true`: you state that the speaker consents; or the id of a consent record"
    )

    @model_validator(mode="before")
    @classmethod
    def _name_the_voice(cls, fields: Any) -> Any:
        """Give a request with a recording its speaker. Raises ValidationFailed for fields that do not go together."""
        if not isinstance(fields, dict):
            return fields
        if fields.get("reference_audio") is None:
            if given := sorted(_NAMED & {name for name, value in fields.items() if value is not None}):
                raise ValidationFailed(f"{given[0]}: needs reference_audio", details={"field": given[0]})
            return fields
        speaker = str(cls.model_fields["speaker"].validation_alias or "speaker")
        if fields.get(speaker) is not None:
            raise ValidationFailed(f"{speaker}: leave it out with reference_audio", details={"field": speaker})
        return fields | {speaker: INLINE}


class GenerateRequest(ReferenceFields, TextRequest):
    """`POST /v1/tts/generate` and `/v1/tts/sse`: with `reference_audio` in place of `speaker`, or without."""

    model_config = ConfigDict(
        extra="forbid", strict=True, allow_inf_nan=False, json_schema_extra=without_required("speaker")
    )


async def inline_voice(options: ReferenceFields, service: SpeechService, caller: Caller) -> Voice:
    """Return the voice of the request's recording.

    Raises Forbidden, ConsentNotFound, ValidationFailed, PayloadTooLarge, CloningUnsupported, RecordingUnusable,
    Overloaded, StoreUnavailable.
    """
    caller.require(Scope.VOICES)
    runtime, given = service.runtime(), str(options.consent) if options.consent else ""
    consent = await consent_record(service.accounts().consents, caller.key_id, given)
    assert options.reference_audio is not None
    recording = await asyncio.to_thread(decode_base64, options.reference_audio)
    voice = await service.library.inline.voice(runtime, caller.key_id, recording, options.reference_text)
    log.info("inline_voice", key_id=caller.key_id, consent=consent["kind"], consent_id=consent.get("consent_id"))
    return voice


def decode_base64(text: str) -> bytes:
    """Return the file in `text`, base64 or a data URL of it. Raises RecordingUnusable, PayloadTooLarge."""
    where: dict[str, object] = {"field": "reference_audio"}
    begin = text.find(",", 0, 100) + 1 if text.startswith("data:") else 0
    pieces: list[bytes] = []
    try:
        for start in range(begin, len(text), PIECE):
            pieces.append(binascii.a2b_base64(text[start : start + PIECE], strict_mode=True))
    except ValueError:
        raise RecordingUnusable("reference_audio: must be a sound file in base64", details=where) from None
    data = b"".join(pieces)
    if len(data) > FILE_BYTES:
        raise PayloadTooLarge(f"reference_audio: a file is larger than {FILE_BYTES} bytes", details=where)
    return data
