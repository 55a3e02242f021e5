"""OpenAI's routes of custom voices: `/v1/audio/voices` and `/v1/audio/voice_consents`."""

import asyncio
from hashlib import sha256
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Request
from pydantic import BaseModel, Field

from api.adapters.models import VendorModel, validated
from api.answers import BODY_ERRORS, SCOPE_ERRORS, SPEECH_ERRORS
from api.auth import VoicesCaller
from api.dependencies import Service
from api.examples import CONSENT_CHANGE
from api.openai.error_shape import error_answers
from api.strings import Name
from api.voices.form import read_form
from api.voices.made import delete_voice, store_voice
from api.voices.schemas import Language, VoiceForm, VoiceName
from services.voices.consents import Consent
from shared.errors import (
    CloningUnsupported,
    ConsentNotFound,
    Overloaded,
    RecordingUnusable,
    ValidationFailed,
    VoiceExists,
    VoiceLimitReached,
    VoiceNotFound,
)

RECORDING_ERRORS = (CloningUnsupported, RecordingUnusable, VoiceExists, VoiceLimitReached, ConsentNotFound)

router = APIRouter(prefix="/v1/audio", tags=["OpenAI"])


class ConsentForm(VendorModel):
    """Fields of `POST /v1/audio/voice_consents` beside the file `recording`."""

    name: VoiceName
    language: Language


class ConsentChange(VendorModel):
    """`POST /v1/audio/voice_consents/{id}`."""

    name: VoiceName


class AudioVoiceForm(VendorModel):
    """Fields of `POST /v1/audio/voices` beside the file `audio_sample`."""

    type: Literal["audio_sample"] = "audio_sample"  # first: of another type, every other field is another one
    name: VoiceName
    consent: Annotated[Name, Field(max_length=64)]


class VoiceConsent(BaseModel):
    """A recorded statement of consent."""

    object: Literal["audio.voice_consent"] = "audio.voice_consent"
    id: str
    name: str
    language: str
    created_at: int


class VoiceConsentList(BaseModel):
    """`GET /v1/audio/voice_consents`."""

    object: Literal["list"] = "list"
    data: list[VoiceConsent]
    first_id: str | None
    last_id: str | None
    has_more: bool


class VoiceConsentDeleted(BaseModel):
    """A record that was deleted."""

    object: Literal["audio.voice_consent"] = "audio.voice_consent"
    id: str
    deleted: Literal[True] = True


class AudioVoiceMade(BaseModel):
    """A new voice. `GET /v1/voices/{id}` has the rest."""

    object: Literal["audio.voice"] = "audio.voice"
    id: str
    name: str
    created_at: int
    type: Literal["audio_sample"] = "audio_sample"


class AudioVoiceDeleted(BaseModel):
    """A voice that was deleted."""

    object: Literal["audio.voice.deleted"] = "audio.voice.deleted"
    id: str
    deleted: Literal[True] = True


def _form(form: type[BaseModel], file: str) -> dict[str, Any]:
    schema = form.model_json_schema()
    properties = schema["properties"] | {file: {"type": "string", "format": "binary"}}
    body = {"type": "object", "required": [*schema["required"], file], "properties": properties}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": body}}}}


@router.post(
    "/voice_consents",
    openapi_extra=_form(ConsentForm, "recording"),
    responses=error_answers(*SCOPE_ERRORS, *BODY_ERRORS, RecordingUnusable, Overloaded),
)
async def create_consent(request: Request, caller: VoicesCaller, service: Service) -> VoiceConsent:
    """Record a speaker's statement of consent: its hash and its length are kept, the recording is not."""
    form = await read_form(request)
    (recording,) = form.take_files("recording", field="recording", most=1)
    fields = validated(ConsentForm, form.fields)
    read = await service.recordings.read(recording, rate=service.runtime().codec.rate)
    made = await service.accounts().consents.create(
        caller.key_id,
        fields.name,
        fields.language,
        recording_sha256=await asyncio.to_thread(lambda: sha256(recording).hexdigest()),
        seconds=float(str(read.heard["seconds"])),
    )
    return _consent(made)


@router.get("/voice_consents", responses=error_answers(*SCOPE_ERRORS, ValidationFailed))
async def list_consents(
    caller: VoicesCaller,
    service: Service,
    after: Annotated[Name, Query(max_length=64)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> VoiceConsentList:
    """Return the consent records of this key, the oldest first."""
    all_of_key = await service.accounts().consents.list(caller.key_id)
    ids = [one.id for one in all_of_key]
    begin = ids.index(after) + 1 if after in ids else 0
    page = [_consent(one) for one in all_of_key[begin : begin + limit]]
    return VoiceConsentList(
        data=page,
        first_id=page[0].id if page else None,
        last_id=page[-1].id if page else None,
        has_more=begin + limit < len(ids),
    )


@router.get("/voice_consents/{consent_id}", responses=error_answers(*SCOPE_ERRORS, ConsentNotFound))
async def read_consent(consent_id: str, caller: VoicesCaller, service: Service) -> VoiceConsent:
    """Return one consent record."""
    return _consent(await service.accounts().consents.read(caller.key_id, consent_id))


@router.post("/voice_consents/{consent_id}", responses=error_answers(*SCOPE_ERRORS, *BODY_ERRORS, ConsentNotFound))
async def change_consent(
    consent_id: str,
    body: Annotated[ConsentChange, Body(openapi_examples=CONSENT_CHANGE)],
    caller: VoicesCaller,
    service: Service,
) -> VoiceConsent:
    """Rename a consent record."""
    return _consent(await service.accounts().consents.rename(caller.key_id, consent_id, body.name))


@router.delete("/voice_consents/{consent_id}", responses=error_answers(*SCOPE_ERRORS, ConsentNotFound))
async def delete_consent(consent_id: str, caller: VoicesCaller, service: Service) -> VoiceConsentDeleted:
    """Delete a consent record. Voices keep what they have of it."""
    await service.accounts().consents.delete(caller.key_id, consent_id)
    return VoiceConsentDeleted(id=consent_id)


@router.post(
    "/voices",
    openapi_extra=_form(AudioVoiceForm, "audio_sample"),
    responses=error_answers(*SPEECH_ERRORS, *RECORDING_ERRORS),
)
async def create_audio_voice(request: Request, caller: VoicesCaller, service: Service) -> AudioVoiceMade:
    """Make a voice of one recording, as `POST /v1/voices` does."""
    form = await read_form(request)
    fields = validated(AudioVoiceForm, form.fields)
    files = form.take_files("audio_sample", field="audio_sample", most=1)
    order = validated(VoiceForm, {"name": fields.name, "consent": fields.consent})
    made = await store_voice(request, caller, service, order, files)
    return AudioVoiceMade(id=made.id, name=made.name, created_at=int(made.created_at))


@router.delete("/voices/{voice_id}", responses=error_answers(*SCOPE_ERRORS, VoiceNotFound))
async def delete_audio_voice(voice_id: str, caller: VoicesCaller, service: Service) -> AudioVoiceDeleted:
    """Delete a voice of this key."""
    await delete_voice(voice_id, caller, service)
    return AudioVoiceDeleted(id=voice_id)


def _consent(one: Consent) -> VoiceConsent:
    return VoiceConsent(id=one.id, name=one.name, language=one.language, created_at=int(one.created_at))
