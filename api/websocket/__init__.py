"""`WS /v1/tts/ws`: text in pieces, audio in frames, several contexts on one socket."""

from api.websocket.route import router

__all__ = ["router"]
