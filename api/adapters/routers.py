"""Routes of all adapters."""

from api.adapters.cartesia import socket as cartesia_socket
from api.adapters.cartesia import speech as cartesia_speech
from api.adapters.deepgram import socket as deepgram_socket
from api.adapters.deepgram import speech as deepgram_speech
from api.adapters.elevenlabs import sockets as elevenlabs_sockets
from api.adapters.elevenlabs import speech as elevenlabs_speech
from api.adapters.elevenlabs import voices as elevenlabs_voices
from api.adapters.twilio import socket as twilio_socket
from api.adapters.vapi import route as vapi_route
from api.adapters.vllm_omni import socket as vllm_omni_socket

ROUTERS = (
    elevenlabs_speech.router,
    elevenlabs_sockets.router,
    elevenlabs_voices.router,
    cartesia_speech.router,
    cartesia_socket.router,
    deepgram_speech.router,
    deepgram_socket.router,
    twilio_socket.router,
    vapi_route.router,
    vllm_omni_socket.router,
)
