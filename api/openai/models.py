"""`GET /v1/models` and `/v1/models/{id}`: the loaded model, by its own name and by OpenAI's names."""

from fastapi import APIRouter, Depends

from api.answers import CALLER_ERRORS
from api.auth import known_caller
from api.dependencies import Service
from api.openai.error_shape import error_answers
from api.openai.schemas import ModelCard, ModelList
from services.alignment import completeness_mode
from services.speech import SpeechService
from shared.errors import ModelNotFound, RuntimeDead

OPENAI_NAMES = ("gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15", "tts-1", "tts-1-hd")
"""OpenAI's speech models. Each stands for the loaded model."""

router = APIRouter(
    prefix="/v1/models",
    tags=["OpenAI"],
    dependencies=[Depends(known_caller)],
    responses=error_answers(*CALLER_ERRORS, RuntimeDead),
)


@router.get("")
async def list_models(service: Service) -> ModelList:
    """Return every name that `POST /v1/audio/speech` takes for the loaded model, its own name first."""
    return ModelList(data=[_card(service, name) for name in model_names(service)])


@router.get("/{name}", responses=error_answers(ModelNotFound))
async def read_model(name: str, service: Service) -> ModelCard:
    """Return a model by one of its names."""
    check_model(service, name)
    return _card(service, name)


def check_model(service: SpeechService, name: str) -> None:
    """Raise ModelNotFound for a name that is not listed, Unavailable before the model is loaded."""
    if name not in model_names(service):
        raise ModelNotFound(
            f"unknown model; it must be one of {', '.join(model_names(service))}", details={"field": "model"}
        )


def model_names(service: SpeechService) -> tuple[str, ...]:
    """Return the names of the loaded model, its own first. Raise Unavailable before it is loaded."""
    return service.runtime().checkpoint.model, *OPENAI_NAMES


def _card(service: SpeechService, name: str) -> ModelCard:
    pipeline = service.runtime().pipeline
    return ModelCard(
        id=name,
        created=int(service.started),
        word_times=pipeline.aligner is not None,
        completeness=completeness_mode(pipeline),
    )
