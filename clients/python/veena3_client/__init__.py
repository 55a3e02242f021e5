"""Client of Veena3 TTS, synchronous (`Veena3`) and asynchronous (`AsyncVeena3`).

from veena3_client import Veena3

with Veena3(base_url="http://127.0.0.1:8000") as client:
    client.tts.generate("Hello.", speaker="lipakshi").save("hello.wav")
"""

from veena3_client._async.client import AsyncVeena3
from veena3_client._async.socket import AsyncSpeechContext, AsyncSpeechSocket
from veena3_client._async.stream import AsyncSpeechStream
from veena3_client._sync.client import Veena3
from veena3_client._sync.socket import SpeechContext, SpeechSocket
from veena3_client._sync.stream import SpeechStream
from veena3_client._version import VERSION as __version__
from veena3_client.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    InsufficientCreditsError,
    InternalServerError,
    InvalidAnswerError,
    NotFoundError,
    PermissionDeniedError,
    PlaybackError,
    RateLimitError,
    ServiceUnavailableError,
    StreamInterruptedError,
    UsageError,
    Veena3Error,
)
from veena3_client.events import Event, Word
from veena3_client.options import ContextOptions, Format, Level, ReferenceOptions, SpeechOptions, Transport
from veena3_client.speech import Speech
from veena3_client.voices import Candidate, DesignOptions, Voice, VoiceOptions

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AsyncSpeechContext",
    "AsyncSpeechSocket",
    "AsyncSpeechStream",
    "AsyncVeena3",
    "AuthenticationError",
    "BadRequestError",
    "Candidate",
    "ContextOptions",
    "DesignOptions",
    "Event",
    "Format",
    "InsufficientCreditsError",
    "InternalServerError",
    "InvalidAnswerError",
    "Level",
    "NotFoundError",
    "PermissionDeniedError",
    "PlaybackError",
    "RateLimitError",
    "ReferenceOptions",
    "ServiceUnavailableError",
    "Speech",
    "SpeechContext",
    "SpeechOptions",
    "SpeechSocket",
    "SpeechStream",
    "StreamInterruptedError",
    "Transport",
    "UsageError",
    "Veena3",
    "Veena3Error",
    "Voice",
    "VoiceOptions",
    "Word",
    "__version__",
]
