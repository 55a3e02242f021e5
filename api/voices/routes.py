"""`GET /v1/voices` and `/v1/voices/{id}`."""

from fastapi import APIRouter

from api.answers import CALLER_ERRORS, error_answers
from api.auth import KnownCaller
from api.dependencies import Service
from api.schemas import VoiceInfo
from api.voices.schemas import MadeVoiceInfo, VoiceList
from api.voices.shapes import info_of, made_info
from services.accounts.caller import Caller
from services.speech import SpeechService
from shared.errors import RuntimeDead, VoiceNotFound

router = APIRouter(prefix="/v1/voices", tags=["Voices"], responses=error_answers(*CALLER_ERRORS, RuntimeDead))


@router.get("")
async def list_voices(caller: KnownCaller, service: Service) -> VoiceList:
    """Return the voices that this key may speak with: the checkpoint's, its own, and public ones."""
    return VoiceList(voices=await voices_of(caller, service))


@router.get("/{name}", responses=error_answers(VoiceNotFound))
async def read_voice(name: str, caller: KnownCaller, service: Service) -> MadeVoiceInfo | VoiceInfo:
    """Return one voice, by id, alias or name."""
    service.runtime()
    if voice := service.voices.find(name):
        return info_of(voice)
    if made := await service.accounts().voices.find(caller.key_id, name[:128]):
        return made_info(made, caller.key_id)
    raise VoiceNotFound("there is no voice of that name; /v1/voices lists them")


async def voices_of(caller: Caller, service: SpeechService) -> list[MadeVoiceInfo | VoiceInfo]:
    """Describe the voices of the checkpoint, then those in the database that the caller may use.

    Raises StoreUnavailable.
    """
    service.runtime()
    made = await service.accounts().voices.list(caller.key_id)
    return [*map(info_of, service.voices.voices), *(made_info(voice, caller.key_id) for voice in made)]
