"""Keep a mix of voices as a voice of its caller, with the consent records of its parts."""

from dataclasses import replace

from core.request_state import Arrival
from services.accounts.caller import Caller
from services.speech import SpeechService
from services.voices.making import VoiceDetails, VoiceOrigin, check_new, keep_voice
from services.voices.mixing import parse_mix
from services.voices.stored import StoredVoice, VoiceTokens
from shared.deadline import Deadline
from shared.errors import Forbidden
from shared.types import VoiceSource


async def blend_voices(
    service: SpeechService, caller: Caller, mix: str, details: VoiceDetails, arrival: Arrival
) -> StoredVoice:
    """Return the voice of a mix, stored.

    Raises InvalidSpeaker, Forbidden for a public voice of another key, and as `keep_voice` does.
    """
    parts, store = parse_mix(mix), service.accounts().voices
    await check_new(service, caller, details)
    voices = service.library.named(caller.key_id)
    mixed = await voices.mix(parts, Deadline())
    consents: list[object] = []
    for part in parts:
        if voices.speaker(part.name).source is VoiceSource.CHECKPOINT:
            continue
        made = await store.find(caller.key_id, part.name)
        if made is None or made.key_id != caller.key_id:
            raise Forbidden("a mix that is kept has no public voice of another key", details={"field": "mix"})
        consents.append({"voice": made.id, "consent": dict(made.consent)})
    assert mixed.global_tokens
    if mixed.gender:
        details = replace(details, labels={"gender": mixed.gender} | details.labels)
    origin = VoiceOrigin(
        source=VoiceSource.MIXED,
        tokens=VoiceTokens(mixed.global_tokens, speaker=mixed.speaker),
        heard={"mix": mixed.id},
        consent={"parts": consents} if consents else {},
    )
    return await keep_voice(service, caller, details, origin, arrival)
