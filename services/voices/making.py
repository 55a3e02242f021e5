"""Make a voice of recordings: checked, read, encoded, tried, and only then stored."""

import time
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
class VoiceOrder:
    """Input of a new voice. `consent` is the record without the hashes of the recordings."""

    name: str
    recordings: tuple[bytes, ...] = field(repr=False)
    transcript: str = field(default="", repr=False)
    language: str = ""
    description: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    public: bool = False
    consent: dict[str, object]


async def make_voice(service: SpeechService, caller: Caller, order: VoiceOrder, arrival: Arrival) -> StoredVoice:
    """Return the new voice, stored. The trial sentence is a request of the caller.

    Raises CloningUnsupported, VoiceExists, VoiceLimitReached, RecordingUnusable, and as a synthesis does.
    """
    runtime, store = service.runtime(), service.accounts().voices
    runtime.cloning.check(with_transcript=is_transcribed(order.transcript))
    most = service.settings.key_voices
    await store.check_new(order.name, caller.key_id, public=order.public, most=most)
    tokens, heard = await encode_recordings(runtime, service.recordings, order.recordings, order.transcript)
    now = time.time()
    voice = StoredVoice(
        id=new_id("voice"),
        key_id=caller.key_id,
        name=order.name.strip(),
        public=order.public,
        language=order.language,
        description=order.description,
        labels=order.labels,
        source=VoiceSource.CLONED,
        codec=runtime.cloning.fingerprint,
        model=runtime.checkpoint.model_version,
        heard=heard,
        consent=order.consent | {"recordings_sha256": [sha256(data).hexdigest() for data in order.recordings]},
        created_at=now,
        changed_at=now,
        tokens=tokens,
    )
    trial = await try_voice(service, caller, voice, arrival)
    voice = replace(voice, heard=heard | {"trial": asdict(trial)})
    if trial.without_transcript:
        voice = replace(voice, tokens=VoiceTokens(tokens.global_tokens))
    stored = await store.create(voice, most=most)
    service.library.forget()
    return stored


async def try_voice(service: SpeechService, caller: Caller, voice: StoredVoice, arrival: Arrival) -> Trial:
    """Speak the trial sentence with a voice that is not stored yet. Raises as `speak_trial`."""
    runtime = service.runtime()
    sampling, rate = runtime.checkpoint.sampling, runtime.codec.rate
    return await speak_trial(voice.voice, sampling, rate, arrival, lambda request: service.synthesize(request, caller))
