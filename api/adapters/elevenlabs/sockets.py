"""ElevenLabs' sockets: `stream-input` for one stream, `multi-stream-input` for many contexts."""

from fastapi import APIRouter, WebSocket

from api.adapters.elevenlabs.dialect import ElevenLabsDialect
from api.adapters.elevenlabs.schemas import DEFAULT_FORMAT
from api.adapters.told_words import aligns
from api.websocket.dialect import handshake_secret
from api.websocket.session import SocketSession

router = APIRouter()


@router.websocket("/v1/text-to-speech/{voice_id}/stream-input")
async def stream_input(socket: WebSocket, voice_id: str) -> None:
    """Speak the text of one stream; an empty text ends it."""
    await _serve(socket, voice_id, many=False)


@router.websocket("/v1/text-to-speech/{voice_id}/multi-stream-input")
async def multi_stream_input(socket: WebSocket, voice_id: str) -> None:
    """Speak the text of many contexts."""
    await _serve(socket, voice_id, many=True)


async def _serve(socket: WebSocket, voice_id: str, *, many: bool) -> None:
    query, service = socket.query_params, socket.app.state.service
    dialect = ElevenLabsDialect(
        voice_id,
        many=many,
        # Of one stream the SDK reads an error from a message; of many, LiveKit from the answer to the handshake.
        accepts_strangers=not (many and handshake_secret(socket)),
        output_format=query.get("output_format", DEFAULT_FORMAT),
        normalization=query.get("apply_text_normalization", "auto"),
        auto_mode=query.get("auto_mode", "false").lower() == "true",
        aligned=aligns(service),
        sync_alignment=query.get("sync_alignment", "false").lower() == "true",
    )
    await SocketSession(socket, service, dialect).serve()
