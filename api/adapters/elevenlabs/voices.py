"""ElevenLabs' `POST /v1/voices/add`: a voice of recordings."""

from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Request
from pydantic import Field

from api.adapters.models import VendorModel, validated
from api.auth import VoicesCaller
from api.dependencies import Service
from api.strings import Lines
from api.voices.form import read_form
from api.voices.made import store_voice
from api.voices.schemas import MAX_DESCRIPTION, MAX_RECORDINGS, Labels, VoiceForm, VoiceName

router = APIRouter(include_in_schema=False)


class AddVoiceForm(VendorModel):
    """Fields beside the files. `labels` may name the language, as ElevenLabs' own do."""

    effective: ClassVar = frozenset({"name", "description", "labels"})
    name: VoiceName
    description: Annotated[Lines, Field(max_length=MAX_DESCRIPTION)] | None = None
    labels: Labels = Field(default_factory=dict)


@router.post("/v1/voices/add")
async def add_voice(request: Request, caller: VoicesCaller, service: Service) -> dict[str, Any]:
    """Make a voice. ElevenLabs' form has no field for consent: sending it is the caller's statement."""
    form = await read_form(request)
    files = form.take_files("files", "files[]", field="files", most=MAX_RECORDINGS)
    fields = validated(AddVoiceForm, form.fields)
    given = {"name": fields.name, "description": fields.description or "", "labels": fields.labels}
    order = validated(VoiceForm, given | {"consent": "true"})
    made = await store_voice(request, caller, service, order, files)
    return {"voice_id": made.id, "requires_verification": False}
