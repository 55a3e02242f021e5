"""Dependencies that all routes share."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from services.speech import SpeechService


def speech_service(connection: HTTPConnection) -> SpeechService:
    """Return the service of the app."""
    service: SpeechService = connection.app.state.service
    return service


Service = Annotated[SpeechService, Depends(speech_service)]
