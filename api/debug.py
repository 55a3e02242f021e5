"""Audio account of every stage, events of players, and open sessions; all need the `debug` scope."""

import time
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.answers import BODY_ERRORS, SCOPE_ERRORS, error_answers
from api.auth import DebugCaller
from api.dependencies import Service
from api.examples import FRONTEND_EVENT
from api.strings import ClientModel, Name
from services.audio_debug import AudioReport
from shared.errors import ValidationFailed

MAX_NUMBER = 2**53
"""Largest magnitude of a number: up to it, JSON's numbers represent every integer."""

router = APIRouter(tags=["Debug"], responses=error_answers(*SCOPE_ERRORS))
SessionName = Annotated[Name, Field(pattern=r"^[A-Za-z0-9._-]{1,160}$")]
EventName = Annotated[Name, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


def _check_size(number: bool | int | float) -> bool | int | float:
    if abs(number) > MAX_NUMBER:
        raise ValueError(f"must be between -{MAX_NUMBER} and {MAX_NUMBER}")
    return number


class AudioLoss(BaseModel):
    """Loss between two stages: the amount that the first gave, and the amount that the second will never take.

    `in_flight` is still to be taken; `abandoned` belongs to a client that left or to an attempt that was repeated.
    """

    stage: str = Field(description="`A → B`")
    unit: Literal["samples", "bytes"]
    given: int
    loss_count: int
    loss_percentage: float
    in_flight: int
    abandoned: int


class AudioEventInfo(BaseModel):
    """A recent event. `timestamp` is in seconds since 1970."""

    timestamp: float
    stage: str
    event: str
    session: str | None
    data: dict[str, object]


class AudioDebugStats(BaseModel):
    """`GET /audio_debug_stats`."""

    status: Literal["ok", "losing"]
    timestamp: float
    pipeline_efficiency: float = Field(description="percent of the audio that was not lost")
    total_events: int
    stage_stats: dict[str, dict[str, int]]
    losses: list[AudioLoss]
    recent_events: list[AudioEventInfo]


class FrontendEvent(ClientModel):
    """`POST /log_frontend_event`: an event of a player. Its data are numbers, so that no text is kept."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    event: EventName = Field(
        description="`received` (`bytes` since the last event), `ended` (stream complete), `decoded`, `played`, …",
    )
    data: dict[EventName, Annotated[bool | int | float, AfterValidator(_check_size)]] = Field(
        default_factory=dict, max_length=16
    )
    session: SessionName | None = Field(
        None, description="`X-Request-ID` of the answer, or `request_id` of a WebSocket"
    )


class SessionInfo(BaseModel):
    """An open request: being generated, or not yet sent in full."""

    id: str
    voice: str
    stream: bool
    state: str
    age_seconds: float
    frames_sent: int
    queue_depth: int
    paused: bool


class SessionList(BaseModel):
    """`GET /v1/sessions`: the open requests, the oldest first."""

    sessions: list[SessionInfo]


class Done(BaseModel):
    """Confirmation."""

    status: Literal["ok"] = "ok"


@router.get("/audio_debug_stats", responses=error_answers(ValidationFailed))
async def read_audio_debug_stats(
    _: DebugCaller,
    service: Service,
    session: Annotated[
        SessionName | None, Query(description="id of a request or a WebSocket; without it, all of them")
    ] = None,
) -> AudioDebugStats:
    """Return the amounts that every stage took and gave since the start or the last reset, and the losses."""
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
    """Reset the counters. Requests that are open now are not counted."""
    service.audio.reset()
    return Done()


@router.post("/log_frontend_event", responses=error_answers(*BODY_ERRORS))
async def log_frontend_event(
    body: Annotated[FrontendEvent, Body(openapi_examples=FRONTEND_EVENT)], _: DebugCaller, service: Service
) -> Done:
    """Record an event of a player, to be compared with the audio that was sent."""
    service.audio.record_client(body.event, body.data, body.session)
    return Done()


@router.get("/v1/sessions")
async def list_sessions(_: DebugCaller, service: Service) -> SessionList:
    """Return the open requests, the oldest first."""
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
                queue_depth=max(request.unsent_packets, 0),
                paused=request.paused,
            )
            for request in service.audio.open_requests
        ]
    )
