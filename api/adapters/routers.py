"""Routes of all adapters."""

from api.adapters.elevenlabs import sockets as elevenlabs_sockets
from api.adapters.elevenlabs import speech as elevenlabs_speech

ROUTERS = (elevenlabs_speech.router, elevenlabs_sockets.router)
