"""Where the sound is: for whoever holds a key with the `debug` scope."""

import time
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.answers import BODY_ERRORS, SCOPE_ERRORS, error_answers
from api.auth import DebugCaller
from api.dependencies import Service
from api.examples import FRONTEND_EVENT
from api.strings import Name
from services.audio_debug import AudioReport
from shared.errors import ValidationFailed

LARGEST = 2**53  # to which every integer has a place in JSON's numbers

router = APIRouter(tags=["Debug"], responses=error_answers(*SCOPE_ERRORS))
SessionName = Annotated[Name, Field(pattern=r"^[A-Za-z0-9._-]{1,160}$")]
EventName = Annotated[Name, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


def _check_size(number: bool | int | float) -> bool | int | float:
    if abs(number) > LARGEST:
        raise ValueError(f"must be between -{LARGEST} and {LARGEST}")
    return number


class AudioLoss(BaseModel):
    """Between two stages: what the first gave, and how much of it the second will never take.

    `in_flight` is on its way; `abandoned` was made for a client who left, or for a take that was made anew.
    """

    stage: str = Field(description="`A → B`")
    unit: Literal["samples", "bytes"]
    given: int
    loss_count: int
    loss_percentage: float
    in_flight: int
    abandoned: int


class AudioEventInfo(BaseModel):
    """One of the latest things that happened. `timestamp` is in seconds since 1970."""

    timestamp: float
    stage: str
    event: str
    session: str | None
    data: dict[str, object]


class AudioDebugStats(BaseModel):
    """`GET /audio_debug_stats`."""

    status: Literal["ok", "losing"]
    timestamp: float
    pipeline_efficiency: float = Field(description="percent of the sound that was not lost")
    total_events: int
    stage_stats: dict[str, dict[str, int]]
    losses: list[AudioLoss]
    recent_events: list[AudioEventInfo]


class FrontendEvent(BaseModel):
    """`POST /log_frontend_event`: what a player says of itself, in numbers alone: no text can stay here."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    event: EventName = Field(
        description="`received` (`bytes` since the last one), `ended` (nothing more comes), `decoded`, `played`, …",
    )
    data: dict[EventName, Annotated[bool | int | float, AfterValidator(_check_size)]] = Field(
        default_factory=dict, max_length=16
    )
    session: SessionName | None = Field(None, description="the answer's `X-Request-ID`, or a WebSocket's `request_id`")


class SessionInfo(BaseModel):
    """A request that is spoken, or not yet sent."""

    id: str
    voice: str
    stream: bool
    state: str
    age_seconds: float
    frames_sent: int
    queue_depth: int
    paused: bool


class SessionList(BaseModel):
    """`GET /v1/sessions`, the oldest first."""

    sessions: list[SessionInfo]


class Done(BaseModel):
    """It was done."""

    status: Literal["ok"] = "ok"


@router.get("/audio_debug_stats", responses=error_answers(ValidationFailed))
async def read_audio_debug_stats(
    _: DebugCaller,
    service: Service,
    session: Annotated[SessionName | None, Query(description="of one request or WebSocket alone, by its id")] = None,
) -> AudioDebugStats:
    """What every stage took and gave since the start, or the last reset, and where sound was lost."""
    report = service.audio.report(session)
    losses = _losses(report)
    return AudioDebugStats(
        status="losing" if any(loss.loss_count for loss in losses) else "ok",
        timestamp=time.time(),
        pipeline_efficiency=round(report.efficiency, 4),
        total_events=report.steps,
        stage_stats=report.stages(),
        losses=losses,
        recent_events=[
            AudioEventInfo(timestamp=e.at, stage=e.stage, event=e.event, session=e.session, data=dict(e.data))
            for e in report.events
        ],
    )


def _losses(report: AudioReport) -> list[AudioLoss]:
    return [
        AudioLoss(
            stage=between,
            unit="bytes" if "transport" in between else "samples",
            given=units["gave"],
            loss_count=units["lost"],
            loss_percentage=round(100 * units["lost"] / units["gave"], 4) if units["gave"] else 0.0,
            in_flight=units["in_flight"],
            abandoned=units["abandoned"],
        )
        for between, units in report.losses()
    ]


@router.post("/reset_audio_debug")
async def reset_audio_debug(_: DebugCaller, service: Service) -> Done:
    """Count from nothing. What is being spoken now is not counted."""
    service.audio.reset()
    return Done()


@router.post("/log_frontend_event", responses=error_answers(*BODY_ERRORS))
async def log_frontend_event(
    body: Annotated[FrontendEvent, Body(openapi_examples=FRONTEND_EVENT)], _: DebugCaller, service: Service
) -> Done:
    """Put what a player received, decoded and played beside what was sent to it."""
    service.audio.record_client(body.event, body.data, body.session)
    return Done()


@router.get("/v1/sessions")
async def list_sessions(_: DebugCaller, service: Service) -> SessionList:
    """Everything that is spoken now, or not yet sent."""
    now = time.perf_counter()
    return SessionList(
        sessions=[
            SessionInfo(
                id=request.id,
                voice=request.utterance.voice.id,
                stream=request.utterance.stream,
                state=request.phase,
                age_seconds=round(now - request.started_at, 3),
                frames_sent=request.stages.transport.steps,
                queue_depth=max(request.unsent_pieces, 0),
                paused=request.paused,
            )
            for request in service.audio.open_requests
        ]
    )
