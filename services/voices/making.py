"""Make a voice of recordings: checked, read, encoded, tried, and only then stored."""

import time
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256

import numpy as np

from audio.reference import Waveform
from core.request_state import Arrival
from services.accounts.caller import Caller
from services.speech import SpeechService
from services.voices.recordings import MAX_S
from services.voices.stored import StoredVoice, VoiceTokens, new_id
from services.voices.trial import Trial, speak_trial
from shared.errors import RecordingUnusable
from shared.types import Reference, VoiceSource

MAX_TRANSCRIBED_S = 30.0
"""Longest recording with a transcript, in seconds. Chosen: each second takes 50 tokens of every prompt."""
MIN_TRANSCRIPT = 2
"""Characters below which a transcript counts as none, as upstream has it."""


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
    transcript = order.transcript.strip()
    with_speech = len(transcript) >= MIN_TRANSCRIPT
    runtime.cloning.check(with_transcript=with_speech)
    most = service.settings.key_voices
    await store.check_new(order.name, caller.key_id, public=order.public, most=most)
    wave, heard = await _read_all(service, order.recordings, rate=runtime.codec.rate, transcribed=with_speech)
    encoded = await runtime.cloning.encode(wave, with_speech=with_speech)
    reference = Reference(_as_prompted(transcript), encoded.semantic) if with_speech else None
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
        tokens=VoiceTokens(encoded.voice.ids, reference),
    )
    trial = await try_voice(service, caller, voice, arrival)
    voice = replace(voice, heard=heard | {"trial": asdict(trial)})
    if trial.without_transcript:
        voice = replace(voice, tokens=VoiceTokens(encoded.voice.ids))
    stored = await store.create(voice, most=most)
    service.library.forget()
    return stored


async def try_voice(service: SpeechService, caller: Caller, voice: StoredVoice, arrival: Arrival) -> Trial:
    """Speak the trial sentence with a voice that is not stored yet. Raises as `speak_trial`."""
    runtime = service.runtime()
    sampling, rate = runtime.checkpoint.sampling, runtime.codec.rate
    return await speak_trial(voice.voice, sampling, rate, arrival, lambda request: service.synthesize(request, caller))


async def _read_all(
    service: SpeechService, recordings: tuple[bytes, ...], *, rate: int, transcribed: bool
) -> tuple[Waveform, dict[str, object]]:
    """Return all recordings as one, and what was heard in each."""
    longest_s = MAX_TRANSCRIBED_S if transcribed else MAX_S
    read = [await service.recordings.read(data, rate=rate, max_s=longest_s) for data in recordings]
    wave: Waveform = np.concatenate([one.wave for one in read])
    if len(wave) > longest_s * rate:
        raise RecordingUnusable(f"audio: the recordings are longer than {longest_s:g} s together")
    heard: dict[str, object] = {"recordings": [one.heard for one in read]}
    return wave, heard


def _as_prompted(transcript: str) -> str:
    """Return the transcript as prompts have it: a space follows, so that no token spans it and the text.

    Chinese and Japanese have no spaces between sentences.
    """
    return transcript if "\u3040" <= transcript[-1] <= "\u9fff" else f"{transcript} "
