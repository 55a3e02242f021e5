"""`GET /v1/voices` and `/v1/voices/{id}`."""

from fastapi import APIRouter, Depends

from api.auth import KEY_ANSWERS, known_caller
from api.dependencies import Service
from api.schemas import ErrorAnswer, VoiceInfo, VoiceList
from shared.types import Voice

router = APIRouter(
    prefix="/v1/voices",
    dependencies=[Depends(known_caller)],
    responses=KEY_ANSWERS | {503: {"model": ErrorAnswer}},
)


@router.get("")
async def voices(service: Service) -> VoiceList:
    """Every voice this server speaks with."""
    service.runtime()
    return VoiceList(voices=[_info(voice) for voice in service.voices.voices])


@router.get("/{name}", responses={404: {"model": ErrorAnswer}})
async def voice(name: str, service: Service) -> VoiceInfo:
    """One voice, by id or alias."""
    service.runtime()
    return _info(service.voices.voice(name))


def _info(voice: Voice) -> VoiceInfo:
    return VoiceInfo(
        id=voice.id,
        name=voice.name,
        aliases=list(voice.aliases),
        languages=list(voice.languages),
        gender=voice.gender,
        description=voice.description,
        source=voice.source,
    )
