"""Voices of recordings that come with one request: cached in memory by content for a while, stored nowhere."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256

from services.runtime import Runtime
from services.voices.encoding import encode_recordings
from services.voices.recordings import RecordingReader
from shared.logging import get_logger
from shared.types import Voice, VoiceSource

INLINE = "inline"
"""Id of such a voice in headers, metrics and records."""
KEPT_S = 600.0
"""Seconds for which the tokens of a recording are kept after its first request. Chosen: a conversation's length."""
MAX_KEPT = 256
"""Most recordings whose tokens are kept. Chosen: each has up to 1,500 tokens, so all of them take about 8 MB."""

log = get_logger(__name__)


@dataclass(slots=True)
class _Entry:
    """Voice of a recording once it is encoded, and the number of requests that wait for it."""

    voice: Voice | None = None
    waiting: int = 0
    encoding: asyncio.Lock = field(default_factory=asyncio.Lock)


class InlineVoices:
    """Encoder of recordings of single requests. Equal recordings of a key are encoded once.

    Of a recording, its hash is the key of the cache; the bytes are released with their request.
    """

    def __init__(self, reader: RecordingReader) -> None:
        self._reader = reader
        self._entries: OrderedDict[bytes, _Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    async def voice(self, runtime: Runtime, key_id: str, recording: bytes, transcript: str) -> Voice:
        """Return the voice of a recording for a request of the key `key_id`.

        Raises CloningUnsupported, RecordingUnusable with the reason, Overloaded.
        """
        name = await asyncio.to_thread(_name, key_id, transcript, recording)
        entry = self._entries.setdefault(name, _Entry())
        entry.waiting += 1
        try:
            async with entry.encoding:
                if entry.voice is None:
                    tokens, _ = await encode_recordings(runtime, self._reader, (recording,), transcript)
                    entry.voice = Voice(
                        INLINE,
                        INLINE,
                        global_tokens=tokens.global_tokens,
                        source=VoiceSource.CLONED,
                        reference=tokens.reference,
                    )
                    self._keep(name)
            return entry.voice
        finally:
            entry.waiting -= 1
            if entry.voice is None and not entry.waiting:
                self._entries.pop(name, None)

    def _keep(self, name: bytes) -> None:
        """Keep an entry for KEPT_S; drop the oldest above MAX_KEPT."""
        asyncio.get_running_loop().call_later(KEPT_S, self._entries.pop, name, None)
        while len(self._entries) > MAX_KEPT:
            self._entries.popitem(last=False)


def _name(key_id: str, transcript: str, recording: bytes) -> bytes:
    """Return the key of the cache. Callers share nothing: a hit would tell that another one has the recording."""
    hashed = sha256(f"{len(key_id)}:{key_id}{len(transcript)}:{transcript}".encode())
    hashed.update(recording)
    return hashed.digest()
