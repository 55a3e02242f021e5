"""Make voices: of recordings, by design, as mixes. Each is checked, spoken with, and only then stored."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256

from core.request_state import Arrival
from services.accounts.caller import Caller
from services.speech import SpeechService
from services.voices.encoding import encode_recordings, is_transcribed
from services.voices.stored import StoredVoice, VoiceTokens, new_id
from services.voices.trial import Trial, speak_trial
from shared.types import VoiceSource


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceDetails:
    """Name of a new voice, and the facts about it that its caller chooses."""

    name: str
    language: str = ""
    description: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceOrder(VoiceDetails):
    """Input of a voice of recordings. `consent` is the record without their hashes."""

    recordings: tuple[bytes, ...] = field(repr=False)
    transcript: str = field(default="", repr=False)
    consent: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceOrigin:
    """Origin of a new voice: its tokens, and what is kept of how they were made."""

    source: VoiceSource
    tokens: VoiceTokens
    heard: Mapping[str, object] = field(default_factory=dict)
    consent: Mapping[str, object] = field(default_factory=dict)


async def make_voice(service: SpeechService, caller: Caller, order: VoiceOrder, arrival: Arrival) -> StoredVoice:
    """Return the new voice of recordings, stored.

    Raises CloningUnsupported, RecordingUnusable, and as `check_new` and `keep_voice`.
    """
    runtime = service.runtime()
    runtime.cloning.check(with_transcript=is_transcribed(order.transcript))
    await check_new(service, caller, order)
    tokens, heard = await encode_recordings(runtime, service.recordings, order.recordings, order.transcript)
    hashes = {"recordings_sha256": await asyncio.to_thread(_hashes, order.recordings)}
    origin = VoiceOrigin(source=VoiceSource.CLONED, tokens=tokens, heard=heard, consent=order.consent | hashes)
    return await keep_voice(service, caller, order, origin, arrival)


def _hashes(recordings: tuple[bytes, ...]) -> list[str]:
    return [sha256(data).hexdigest() for data in recordings]


async def check_new(service: SpeechService, caller: Caller, details: VoiceDetails) -> None:
    """Check name and number before the work on a voice. Raises VoiceExists, VoiceLimitReached, StoreUnavailable."""
    store, most = service.accounts().voices, service.settings.key_voices
    await store.check_new(details.name, caller.key_id, public=details.public, most=most)


async def keep_voice(
    service: SpeechService, caller: Caller, details: VoiceDetails, origin: VoiceOrigin, arrival: Arrival
) -> StoredVoice:
    """Return a new voice, stored once it has spoken the trial sentence, which is a request of the caller.

    Raises VoiceExists, VoiceLimitReached, RecordingUnusable, and as a synthesis does.
    """
    runtime, now = service.runtime(), time.time()
    voice = StoredVoice(
        id=new_id("voice"),
        key_id=caller.key_id,
        name=details.name.strip(),
        public=details.public,
        language=details.language,
        description=details.description,
        labels=details.labels,
        source=origin.source,
        codec=runtime.cloning.fingerprint,
        model=runtime.checkpoint.model_version,
        heard=origin.heard,
        consent=origin.consent,
        created_at=now,
        changed_at=now,
        tokens=origin.tokens,
    )
    trial = await try_voice(service, caller, voice, arrival)
    voice = replace(voice, heard=dict(origin.heard) | {"trial": asdict(trial)})
    if trial.without_transcript:
        voice = replace(voice, tokens=VoiceTokens(origin.tokens.global_tokens))
    stored = await service.accounts().voices.create(voice, most=service.settings.key_voices)
    service.library.forget()
    return stored


async def try_voice(service: SpeechService, caller: Caller, voice: StoredVoice, arrival: Arrival) -> Trial:
    """Speak the trial sentence with a voice that is not stored yet. Raises as `speak_trial`."""
    runtime = service.runtime()
    sampling, rate = runtime.checkpoint.sampling, runtime.codec.rate
    return await speak_trial(voice.voice, sampling, rate, arrival, lambda request: service.synthesize(request, caller))
