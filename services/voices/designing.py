"""Design voices by gender, pitch and speed: candidates to hear, of which the caller keeps one."""

from contextlib import aclosing
from dataclasses import dataclass, replace

from core.checkpoint.style_tokens import StyleTokens
from core.request_state import Arrival, RequestState
from core.voice_design import VoiceDesigner
from core.voice_style import GENDERS, LEVELS
from services.accounts.caller import Caller
from services.runtime import Runtime
from services.speech import SpeechService
from services.voices.candidates import Candidate
from services.voices.making import VoiceDetails, VoiceOrigin, check_new, keep_voice
from services.voices.stored import StoredVoice, VoiceTokens, new_id
from shared.errors import InvalidSpeaker, ValidationFailed
from shared.types import Style, Utterance, Voice, VoiceSource


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignOrder:
    """Input of a design: labels, the text to hear, and the number of candidates. `seed` is that of the first."""

    style: Style
    text: str
    candidates: int
    seed: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A candidate and its sound: MP3, its length in seconds, and the seed that the candidate was made with."""

    candidate: Candidate
    audio: bytes
    seconds: float
    seed: int


async def design_voices(service: SpeechService, caller: Caller, order: DesignOrder, arrival: Arrival) -> list[Sample]:
    """Return candidates, stored for an hour. Each sample is a request of the caller.

    Raises ValidationFailed where the checkpoint cannot, GenerationError, StoreUnavailable, and as a synthesis does.
    """
    runtime = service.runtime()
    designer = _designer(runtime, style_tokens(runtime))
    samples = []
    for number in range(order.candidates):
        seed = (order.seed + number) % 2**32
        async with service.library.design_turns:
            style, voice = await designer.design(order.text, order.style, seed=seed)
        labels = {"gender": GENDERS[style.gender], "pitch": LEVELS[style.pitch], "rate": LEVELS[style.speed]}
        candidate = Candidate(
            new_id("cand"),
            labels,
            runtime.cloning.fingerprint,
            runtime.checkpoint.model_version,
            VoiceTokens(voice.ids, style=style),
        )
        part = replace(arrival, id=f"{arrival.id}-{number}") if number else arrival
        audio, seconds = await _sample(service, caller, candidate, order, seed, part)
        await service.accounts().candidates.add(caller.key_id, candidate)
        samples.append(Sample(candidate, audio, seconds, seed))
    return samples


async def keep_candidate(
    service: SpeechService, caller: Caller, candidate_id: str, details: VoiceDetails, arrival: Arrival
) -> StoredVoice:
    """Return the voice of a candidate, stored. Raises VoiceNotFound, InvalidSpeaker, and as `keep_voice` does."""
    runtime, store = service.runtime(), service.accounts().candidates
    candidate = await store.read(caller.key_id, candidate_id)
    if candidate.codec != runtime.cloning.fingerprint:
        raise InvalidSpeaker(f"the candidate was made with {candidate.model}, whose codec is not the loaded one")
    await check_new(service, caller, details)
    named = replace(details, labels=dict(candidate.labels) | details.labels)
    origin = VoiceOrigin(source=VoiceSource.DESIGNED, tokens=candidate.tokens)
    voice = await keep_voice(service, caller, named, origin, arrival)
    await store.delete(caller.key_id, candidate_id)
    return voice


def style_tokens(runtime: Runtime) -> StyleTokens:
    """Return the tokens of styles. Raises ValidationFailed where the checkpoint was not trained on them."""
    tokens = runtime.checkpoint.vocabulary.style
    if not runtime.checkpoint.controllable or tokens is None:
        raise ValidationFailed(
            f"{runtime.checkpoint.model_version} designs no voices: its voices.yaml does not say `controllable`"
        )
    return tokens


def _designer(runtime: Runtime, tokens: StyleTokens) -> VoiceDesigner:
    parts = runtime.pipeline
    return VoiceDesigner(parts.engine, parts.table, parts.prompts, tokens, runtime.checkpoint.sampling)


async def _sample(
    service: SpeechService, caller: Caller, candidate: Candidate, order: DesignOrder, seed: int, arrival: Arrival
) -> tuple[bytes, float]:
    """Speak the text with a candidate; return the file and its seconds."""
    runtime, tokens = service.runtime(), candidate.tokens
    voice = Voice(
        candidate.id, candidate.id, source=VoiceSource.DESIGNED, global_tokens=tokens.global_tokens, style=tokens.style
    )
    sampling = replace(runtime.checkpoint.sampling, seed=seed)
    request = RequestState(arrival, Utterance(order.text, voice, sampling, runtime.codec.rate, format="mp3"))
    async with service.synthesize(request, caller) as synthesis, aclosing(synthesis.encoded()) as packets:
        pieces = []
        async for packet in packets:
            synthesis.sent(len(packet))
            pieces.append(packet)
        synthesis.delivered()
    return b"".join(pieces), request.seconds
