"""Look-up of the voices that requests name: those of the checkpoint, and those in the database."""

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from services.accounts.store_guard import StoreGuard
from services.runtime import Runtime
from services.voices.book import VoiceBook
from services.voices.inline import InlineVoices
from services.voices.mixing import Part, VoiceMixer, is_mix, parse_mix
from services.voices.recordings import RecordingReader
from services.voices.store import VoiceStore
from services.voices.stored import StoredVoice
from shared.config import Settings
from shared.deadline import Deadline
from shared.errors import InvalidSpeaker
from shared.types import Voice

FRESH_S = 0.5
"""Seconds for which a look-up is used again. Chosen: a change works in every process within a second."""
MAX_CACHED = 1_000
"""Most look-ups that are cached. Chosen: a voice has up to 1,500 tokens, so all of them take 64 MB at most (tested)."""
MAX_NAMED = 16
"""Most voices of callers that one text may name. Chosen: each is a question to the database."""
DESIGNS_AT_ONCE = 2
"""Voices whose tokens are generated at once, beside the slots of requests. Chosen: each takes 38 steps."""
_NAMED = re.compile(r"""\bname\s*=\s*(?:"([^"<>]{1,128})"|'([^'<>]{1,128})')""")


class NamedVoices(VoiceBook):
    """Voices that one request may name: the checkpoint's, and those of its caller that were looked up."""

    def __init__(self, book: VoiceBook, library: "VoiceLibrary", key_id: str) -> None:
        super().__init__(book.voices)
        self._library, self._key_id = library, key_id
        self._learned: dict[str, Voice | None] = {}

    def find(self, name: str) -> Voice | None:
        """Return the voice of this id, alias or name; None if there is none, or it was not looked up."""
        return self._learned.get(name.casefold()) or super().find(name)

    def lend(self, name: str, voice: Voice) -> None:
        """Let this request name a voice that is its own."""
        self._learned[name.casefold()] = voice

    async def learn(self, names: Iterable[str], deadline: Deadline) -> None:
        """Look up those of `names` that are none of the checkpoint's.

        Raises InvalidSpeaker for too many, and for a voice of another codec; StoreUnavailable.
        """
        for name in names:
            if name and self.find(name) is None and name.casefold() not in self._learned:
                if len(self._learned) >= MAX_NAMED:
                    raise InvalidSpeaker(f"a text names at most {MAX_NAMED} voices that callers made")
                self._learned[name.casefold()] = await self._library.find(self._key_id, name, deadline)
                if is_mix(name) and self._learned[name.casefold()] is None:
                    self._learned[name.casefold()] = await self.mix(parse_mix(name), deadline)

    async def mix(self, parts: Sequence[Part], deadline: Deadline) -> Voice:
        """Return the mix of voices that this request may name. Raises InvalidSpeaker, StoreUnavailable."""
        await self.learn((part.name for part in parts), deadline)
        return await self._library.mixer.mix([(self.speaker(part.name), part.weight) for part in parts])

    async def learn_from(self, text: str, deadline: Deadline) -> None:
        """Look up the voices that markup in `text` names. Raises as `learn`."""
        found = dict.fromkeys(one or other for one, other in _NAMED.findall(text))
        await self.learn(found, deadline)


class VoiceLibrary:
    """The checkpoint's voices, a small cache of the database's, and the reader of recordings for new ones.

    `codec` is the loaded codec's fingerprint.
    """

    def __init__(self, book: VoiceBook, store: VoiceStore, mixer: VoiceMixer, *, codec: str, budget_s: float) -> None:
        self.book, self._store, self._codec, self.mixer = book, store, codec, mixer
        self.recordings = RecordingReader()
        self.inline = InlineVoices(self.recordings)
        self.design_turns = asyncio.Semaphore(DESIGNS_AT_ONCE)
        self._guard = StoreGuard("voices", budget_s)
        self._cached: OrderedDict[tuple[str, str], tuple[float, StoredVoice | None]] = OrderedDict()

    def named(self, key_id: str) -> NamedVoices:
        """Return the voices that a request of this key may name."""
        return NamedVoices(self.book, self, key_id)

    async def find(self, key_id: str, name: str, deadline: Deadline) -> Voice | None:
        """Return the voice of this id or name that the key may use; None if there is none.

        Raises InvalidSpeaker for a voice whose tokens another codec made, StoreUnavailable.
        """
        stored = await self._stored(key_id, name, deadline)
        if stored is None:
            return None
        if stored.codec != self._codec:
            raise InvalidSpeaker(
                f"voice {stored.id} was made with {stored.model}, whose codec is not the loaded one; make it again",
                details={"field": "speaker"},
            )
        return stored.voice

    def forget(self) -> None:
        """Drop all look-ups, after a change in this process."""
        self._cached.clear()

    async def close(self) -> None:
        self.recordings.close()
        await self._guard.close()

    async def _stored(self, key_id: str, name: str, deadline: Deadline) -> StoredVoice | None:
        key, now = (key_id, name.casefold()), time.monotonic()
        if (cached := self._cached.get(key)) and now - cached[0] < FRESH_S:
            return cached[1]
        stored = await self._guard.ask(lambda: self._store.find(key_id, name), deadline)
        self._cached.pop(key, None)
        self._cached[key] = (now, stored)
        if len(self._cached) > MAX_CACHED:
            self._cached.popitem(last=False)
        return stored


@asynccontextmanager
async def open_library(runtime: Runtime, store: VoiceStore, settings: Settings) -> AsyncIterator[VoiceLibrary]:
    """Open what requests need of voices."""
    book, codec = VoiceBook(runtime.checkpoint.voices), runtime.cloning.fingerprint
    mixer = VoiceMixer(runtime.pipeline.voices.get, tuple(runtime.checkpoint.codec.speaker_encoder.fsq_levels))
    library = VoiceLibrary(book, store, mixer, codec=codec, budget_s=settings.store_deadline_s)
    if runtime.cloning.clones:
        library.recordings.start()
    try:
        yield library
    finally:
        await library.close()
