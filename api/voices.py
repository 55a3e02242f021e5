"""`GET /v1/voices` and `/v1/voices/{id}`."""

from fastapi import APIRouter, Depends

from api.answers import CALLER_ERRORS, error_answers
from api.auth import known_caller
from api.dependencies import Service
from api.schemas import VoiceInfo, VoiceList
from shared.errors import RuntimeDead, VoiceNotFound
from shared.types import Voice

router = APIRouter(
    prefix="/v1/voices",
    tags=["Voices"],
    dependencies=[Depends(known_caller)],
    responses=error_answers(*CALLER_ERRORS, RuntimeDead),
)


@router.get("")
async def list_voices(service: Service) -> VoiceList:
    """Return every voice of the loaded checkpoint."""
    service.runtime()
    return VoiceList(voices=[info_of(voice) for voice in service.voices.voices])


@router.get("/{name}", responses=error_answers(VoiceNotFound))
async def read_voice(name: str, service: Service) -> VoiceInfo:
    """Return one voice, by id or alias."""
    service.runtime()
    return info_of(service.voices.voice(name))


def info_of(voice: Voice) -> VoiceInfo:
    return VoiceInfo(
        id=voice.id,
        voice_id=voice.id,
        name=voice.name,
        aliases=list(voice.aliases),
        languages=list(voice.languages),
        language=voice.language,
        gender=voice.gender,
        description=voice.description,
        source=voice.source,
        labels=_labels(voice),
    )


def _labels(voice: Voice) -> dict[str, str]:
    labels = {"gender": voice.gender, "language": voice.languages[0] if voice.languages else None}
    return {name: label for name, label in labels.items() if label}
