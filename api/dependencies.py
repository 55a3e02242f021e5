"""What routes are handed."""

from starlette.requests import HTTPConnection

from services.speech import SpeechService


def speech_service(connection: HTTPConnection) -> SpeechService:
    """The one service of the app."""
    service: SpeechService = connection.app.state.service
    return service
