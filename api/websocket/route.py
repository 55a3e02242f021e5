"""`WS /v1/tts/ws`: accept, then a session."""

from fastapi import APIRouter, WebSocket

from api.websocket.session import Session
from services.speech import SpeechService

router = APIRouter()


@router.websocket("/v1/tts/ws")
async def talk(socket: WebSocket, trace: bool = False) -> None:
    """Messages as the session knows them; `?trace=1` turns on a `metrics` message behind every frame.

    The API key comes in a header, as `?api_key=`, or as `api_key` in the first message.
    """
    service: SpeechService = socket.app.state.service
    await socket.accept()
    await Session(socket, service, trace=trace).serve()
