"""`GET /v1/models` and `/v1/models/{id}`: the loaded model, by its own name and by those that OpenAI's clients send."""

from fastapi import APIRouter, Depends

from api.auth import known_caller
from api.dependencies import Service
from api.openai.schemas import ModelCard, ModelList, OpenAIError
from services.speech import SpeechService
from shared.errors import ModelNotFound

THEIR_NAMES = ("gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15", "tts-1", "tts-1-hd")

router = APIRouter(
    prefix="/v1/models",
    dependencies=[Depends(known_caller)],
    responses={401: {"model": OpenAIError}, 503: {"model": OpenAIError}},
)


@router.get("")
async def models(service: Service) -> ModelList:
    """Every name that `POST /v1/audio/speech` takes for the one loaded model, its own first."""
    return ModelList(data=[_card(service, name) for name in _names(service)])


@router.get("/{name}", responses={404: {"model": OpenAIError}})
async def model(name: str, service: Service) -> ModelCard:
    """One of them."""
    check_model(service, name)
    return _card(service, name)


def check_model(service: SpeechService, name: str) -> None:
    """Raises ModelNotFound, Unavailable."""
    if name not in _names(service):
        raise ModelNotFound(f"unknown model; known are {', '.join(_names(service))}", details={"field": "model"})


def _names(service: SpeechService) -> tuple[str, ...]:
    return service.runtime().checkpoint.model, *THEIR_NAMES


def _card(service: SpeechService, name: str) -> ModelCard:
    return ModelCard(id=name, created=int(service.started))
