"""One HTTP request's performance, as a route is handed it."""

from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Annotated, Protocol

from fastapi import Depends, Request

from api.auth import GenerateCaller
from api.dependencies import Service
from services.performance import Performance
from shared.types import Utterance


class Perform(Protocol):
    """`SpeechService.perform` for who sent this request, when it came and by what name."""

    def __call__(self, utterance: Utterance, format: str) -> AbstractAsyncContextManager[Performance]: ...


def _perform(request: Request, caller: GenerateCaller, service: Service) -> Perform:
    state = request.scope["state"]
    return partial(
        service.perform,
        caller=caller,
        request_id=state["request_id"],
        arrived=state["arrived"],
        patience=state["patience"],
    )


Performer = Annotated[Perform, Depends(_perform)]
