"""Voices that callers make: `POST`, `PATCH` and `DELETE` of `/v1/voices`, and previews."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from api.adapters.models import speech_options, validated
from api.answers import BODY_ERRORS, SCOPE_ERRORS, SPEECH_ERRORS, error_answers
from api.auth import GenerateCaller, VoicesCaller
from api.dependencies import Service
from api.examples import VOICE_CHANGE
from api.generate import audio_response
from api.markup import write_utterance
from api.openai.voices import OPENAI_VOICES
from api.strings import Name
from api.synthesizing import Synthesizer, arrival_of
from api.uploads import FILE_BYTES
from api.voices.form import read_form
from api.voices.schemas import MAX_RECORDINGS, MadeVoiceInfo, VoiceChange, VoiceConsent, VoiceDeleted, VoiceForm
from api.voices.shapes import consent_export, made_info
from services.accounts.caller import Caller
from services.speech import SpeechService
from services.voices.consents import consent_record
from services.voices.making import VoiceOrder, make_voice
from services.voices.trial import TRIAL_SEED, sentence_of
from shared.errors import (
    CloningUnsupported,
    ConsentNotFound,
    Overloaded,
    RecordingUnusable,
    VoiceExists,
    VoiceLimitReached,
    VoiceNotFound,
)

router = APIRouter(prefix="/v1/voices", tags=["Voices"])

_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["name", "audio", "consent"],
                    "properties": {
                        "audio": {
                            "type": "array",
                            "maxItems": MAX_RECORDINGS,
                            "items": {"type": "string", "format": "binary"},
                            "description": f"recordings of one speaker, 60 s together, {FILE_BYTES >> 20} MiB each",
                        },
                        **VoiceForm.model_json_schema()["properties"],
                    },
                }
            }
        },
    }
}


@router.post(
    "",
    status_code=201,
    openapi_extra=_FORM,
    responses=error_answers(
        *(*SPEECH_ERRORS, CloningUnsupported, RecordingUnusable, VoiceExists, VoiceLimitReached, ConsentNotFound)
    ),
)
async def create_voice(request: Request, caller: VoicesCaller, service: Service) -> MadeVoiceInfo:
    """Make a voice of recordings. They are checked, and the voice speaks a sentence, before it is stored."""
    form = await read_form(request)
    files = form.take_files("audio", "audio[]", field="audio", most=MAX_RECORDINGS)
    fields = validated(VoiceForm, form.fields)
    return await store_voice(request, caller, service, fields, files)


async def store_voice(
    request: Request, caller: Caller, service: SpeechService, fields: VoiceForm, files: tuple[bytes, ...]
) -> MadeVoiceInfo:
    """Make the voice of a form and describe it. Raises as `make_voice` and `consent_record`."""
    check_name(fields.name, service)
    consent = await consent_record(service.accounts().consents, caller.key_id, fields.consent)
    order = VoiceOrder(recordings=files, **fields.model_dump(exclude={"consent"}), consent=consent)
    return made_info(await make_voice(service, caller, order, arrival_of(request)), caller.key_id)


@router.patch(
    "/{voice_id}",
    responses=error_answers(*SCOPE_ERRORS, *BODY_ERRORS, VoiceNotFound, VoiceExists),
)
async def change_voice(
    voice_id: str,
    body: Annotated[VoiceChange, Body(openapi_examples=VOICE_CHANGE)],
    caller: VoicesCaller,
    service: Service,
) -> MadeVoiceInfo:
    """Replace name, description, language, labels or `public` of a voice of this key."""
    if body.name is not None:
        check_name(body.name, service)
    changes = body.model_dump(exclude_none=True)
    changed = await service.accounts().voices.change(caller.key_id, voice_id, changes)
    service.library.forget()
    return made_info(changed, caller.key_id)


@router.delete("/{voice_id}", responses=error_answers(*SCOPE_ERRORS, VoiceNotFound))
async def delete_voice(voice_id: str, caller: VoicesCaller, service: Service) -> VoiceDeleted:
    """Delete a voice of this key, with its tokens, transcript and consent record. Every process forgets it."""
    await service.accounts().voices.delete(caller.key_id, voice_id)
    service.library.forget()
    return VoiceDeleted(id=voice_id)


@router.get(
    "/{name}/preview", response_class=Response, responses=error_answers(*SPEECH_ERRORS, VoiceNotFound, Overloaded)
)
async def preview_voice(
    name: str,
    caller: GenerateCaller,
    synthesize: Synthesizer,
    service: Service,
    format: Annotated[Name, Query(max_length=16)] = "mp3",
) -> Response:
    """Speak a sentence in a voice: always the same sound. It is charged as any other speech."""
    voices = await service.voices_for(caller, name)
    voice = voices.voice(name)
    options = speech_options(speaker=voice.id, format=format, seed=TRIAL_SEED)
    utterance = await write_utterance(options, sentence_of(voice), service, caller)
    return audio_response(synthesize(utterance), options, service)


@router.get("/{name}/consent", responses=error_answers(*SCOPE_ERRORS, VoiceNotFound))
async def export_consent(name: str, caller: VoicesCaller, service: Service, response: Response) -> VoiceConsent:
    """Export the consent record of a voice of this key, by id or name. A deleted voice has none."""
    voice = await service.accounts().voices.find(caller.key_id, name[:128])
    if voice is None or voice.key_id != caller.key_id:
        raise VoiceNotFound("there is no such voice of this key")
    response.headers["Content-Disposition"] = f'attachment; filename="consent-{voice.id}.json"'
    return consent_export(voice)


def check_name(name: str, service: SpeechService) -> None:
    """Raise VoiceExists for the name of a voice of the checkpoint, or of OpenAI's."""
    service.runtime()
    if service.voices.find(name) or name.casefold() in OPENAI_VOICES:
        raise VoiceExists("name: it belongs to a voice of this service", details={"field": "name"})
