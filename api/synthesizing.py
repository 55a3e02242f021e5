"""Dependency that starts the synthesis of an HTTP request."""

from contextlib import AbstractAsyncContextManager
from typing import Annotated, Protocol

from fastapi import Depends, Request

from api.auth import GenerateCaller
from api.dependencies import Service
from core.request_state import Arrival, RequestState
from services.synthesis import Synthesis
from shared.types import Utterance


class SynthesisFactory(Protocol):
    """`SpeechService.synthesize` with the caller and arrival of one request filled in: it takes the utterance alone."""

    def __call__(self, utterance: Utterance) -> AbstractAsyncContextManager[Synthesis]: ...


def arrival_of(request: Request) -> Arrival:
    """Return the request's id, arrival and store deadline, as the outermost middleware has set them."""
    arrival: Arrival = request.scope["state"]["arrival"]
    return arrival


def _bind_caller(request: Request, caller: GenerateCaller, service: Service) -> SynthesisFactory:
    arrival = arrival_of(request)
    return lambda utterance: service.synthesize(RequestState(arrival, utterance), caller)


Synthesizer = Annotated[SynthesisFactory, Depends(_bind_caller)]
