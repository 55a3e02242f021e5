"""Voices without a recording: designed by gender, pitch and speed, or mixed of others."""

import base64
import secrets
from typing import Annotated

from fastapi import APIRouter, Body, Request

from api.answers import SPEECH_ERRORS, error_answers
from api.auth import VoicesCaller
from api.dependencies import Service
from api.examples import CANDIDATE, VOICE_DESIGN, VOICE_MIX
from api.synthesizing import arrival_of
from api.voices.design_schemas import CandidateInfo, DesignAnswer, NewVoice, VoiceDesign, VoiceMix
from api.voices.made import check_name
from api.voices.schemas import MadeVoiceInfo
from api.voices.shapes import made_info
from core.voice_style import hertz, style_of
from services.accounts.caller import Scope
from services.voices.blending import blend_voices
from services.voices.candidates import KEPT_S
from services.voices.designing import DesignOrder, Sample, design_voices, keep_candidate
from services.voices.making import VoiceDetails
from shared.errors import Overloaded, RecordingUnusable, VoiceExists, VoiceLimitReached, VoiceNotFound

KEEPING_ERRORS = (*SPEECH_ERRORS, RecordingUnusable, VoiceExists, VoiceLimitReached)

router = APIRouter(prefix="/v1/voices", tags=["Voices"])


@router.post("/design", responses=error_answers(*SPEECH_ERRORS, Overloaded))
async def design(
    body: Annotated[VoiceDesign, Body(openapi_examples=VOICE_DESIGN)],
    request: Request,
    caller: VoicesCaller,
    service: Service,
) -> DesignAnswer:
    """Design voices by gender, pitch and speed, where the checkpoint can: candidates to hear, charged as speech."""
    caller.require(Scope.GENERATE)
    style = style_of(
        body.gender, pitch=body.pitch, rate=body.rate, pitch_hz=body.pitch_hz, syllables_per_s=body.syllables_per_s
    )
    seed = secrets.randbits(32) if body.seed is None else body.seed
    order = DesignOrder(style=style, text=body.text, candidates=body.candidates, seed=seed)
    samples = await design_voices(service, caller, order, arrival_of(request))
    return DesignAnswer(text=body.text, candidates=[_info(sample) for sample in samples], expires_in_s=KEPT_S)


@router.post("/design/{candidate_id}", status_code=201, responses=error_answers(*KEEPING_ERRORS, VoiceNotFound))
async def keep(
    candidate_id: str,
    body: Annotated[NewVoice, Body(openapi_examples=CANDIDATE)],
    request: Request,
    caller: VoicesCaller,
    service: Service,
) -> MadeVoiceInfo:
    """Keep a candidate as a voice of this key."""
    caller.require(Scope.GENERATE)
    check_name(body.name, service)
    details = VoiceDetails(**body.model_dump())
    kept = await keep_candidate(service, caller, candidate_id, details, arrival_of(request))
    return made_info(kept, caller.key_id)


@router.post("/mix", status_code=201, responses=error_answers(*KEEPING_ERRORS))
async def mix(
    body: Annotated[VoiceMix, Body(openapi_examples=VOICE_MIX)],
    request: Request,
    caller: VoicesCaller,
    service: Service,
) -> MadeVoiceInfo:
    """Keep a mix of voices of the checkpoint and of this key. `speaker` takes the same mix for one request."""
    caller.require(Scope.GENERATE)
    check_name(body.name, service)
    details = VoiceDetails(**body.model_dump(exclude={"mix"}))
    made = await blend_voices(service, caller, body.mix, details, arrival_of(request))
    return made_info(made, caller.key_id)


def _info(sample: Sample) -> CandidateInfo:
    candidate, style = sample.candidate, sample.candidate.tokens.style
    assert style and style.pitch_value is not None and style.speed_value is not None, "the designer fills them in"
    return CandidateInfo(
        id=candidate.id,
        audio_b64=base64.b64encode(sample.audio).decode(),
        seconds=round(sample.seconds, 3),
        gender=candidate.labels["gender"],
        pitch=candidate.labels["pitch"],
        rate=candidate.labels["rate"],
        pitch_hz=round(hertz(style.pitch_value), 1),
        syllables_per_s=style.speed_value,
        seed=sample.seed,
    )
