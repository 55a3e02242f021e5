"""`WS /v1/tts/ws`: text in piece by piece, sound out frame by frame, several contexts on one socket."""

from api.websocket.route import router

__all__ = ["router"]
