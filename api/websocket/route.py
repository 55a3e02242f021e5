"""Route of `WS /v1/tts/ws`."""

from fastapi import APIRouter, WebSocket

from api.websocket.dialect import NativeDialect
from api.websocket.session import SocketSession
from services.speech import SpeechService

router = APIRouter()


@router.websocket("/v1/tts/ws")
async def serve_socket(socket: WebSocket, trace: bool = False) -> None:
    """Serve a session. `?trace=1` turns on a `metrics` message after every frame.

    The API key comes in a header, as `?api_key=`, or as `api_key` in the first message.
    """
    service: SpeechService = socket.app.state.service
    await SocketSession(socket, service, NativeDialect(), trace=trace).serve()
