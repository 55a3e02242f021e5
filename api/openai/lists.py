"""`GET /v1/audio/voices` and `/v1/audio/models`: lists that Open WebUI and llama-swap ask for, without a key."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer

from api.answers import CALLER_ERRORS
from api.auth import known_caller
from api.dependencies import Service
from api.openai.error_shape import error_answers
from api.openai.models import model_names
from api.openai.schemas import AudioModel, AudioModelList, AudioVoice, AudioVoiceList
from shared.errors import RuntimeDead


async def list_reader(
    request: Request,
    service: Service,
    bearer: Annotated[object, Security(HTTPBearer(auto_error=False, description="if OPEN_LISTS is off"))],
    header: Annotated[object, Security(APIKeyHeader(name="X-API-Key", auto_error=False))],
) -> None:
    """Let every client read the lists, or with OPEN_LISTS=false those with a key. Raise Unauthorized, Unavailable."""
    if not service.settings.open_lists:
        await known_caller(request, service, bearer, header)


router = APIRouter(
    prefix="/v1/audio",
    tags=["OpenAI"],
    dependencies=[Depends(list_reader)],
    responses=error_answers(*CALLER_ERRORS, RuntimeDead),
)


@router.get("/voices")
async def list_audio_voices(service: Service) -> AudioVoiceList:
    """Return id and name of the checkpoint's voices; those of callers are in `/v1/voices` alone."""
    voices = service.runtime().checkpoint.voices
    return AudioVoiceList(voices=[AudioVoice(id=voice.id, name=voice.name) for voice in voices])


@router.get("/models")
async def list_audio_models(service: Service) -> AudioModelList:
    """Return every name that `POST /v1/audio/speech` takes for the loaded model, its own name first."""
    return AudioModelList(models=[AudioModel(id=name) for name in model_names(service)])
