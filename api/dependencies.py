"""What routes are handed."""

from fastapi import Request

from services.speech import SpeechService


def speech_service(request: Request) -> SpeechService:
    """The one service of the app."""
    service: SpeechService = request.app.state.service
    return service
