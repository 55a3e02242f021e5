"""`POST /v1/provenance/detect`: find the mark of this service in a recording."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api.answers import BODY_ERRORS, SCOPE_ERRORS, error_answers
from api.auth import VoicesCaller
from api.dependencies import Service
from api.uploads import FILE_BYTES
from api.voices.form import read_form
from services.provenance import detect_mark
from services.voices.recordings import MAX_S
from shared.errors import Overloaded, RecordingUnusable, Unavailable

router = APIRouter(prefix="/v1/provenance", tags=["Provenance"])

_AUDIO = {
    "type": "string",
    "format": "binary",
    "description": f"recording, {MAX_S:g} s and {FILE_BYTES >> 20} MiB at most",
}
_SCHEMA = {"type": "object", "required": ["audio"], "properties": {"audio": _AUDIO}}
_FORM: dict[str, Any] = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _SCHEMA}}}}


class MarkWindow(BaseModel):
    """Window of a recording, 10.4 s long at most; two overlap by half."""

    start_s: float
    end_s: float
    marked: bool
    id: int | None = Field(description="number that the mark carries, `MARK_ID`")
    score: float = Field(description="agreement with the mark's pattern; without a mark about 5")
    false_alarm: float = Field(
        description="bound on the probability that an unmarked recording reaches this score in any window"
    )
    speed: float | None = Field(description="speed of the recording relative to the marked speech")
    pitch_changed: bool | None = Field(description="whether the pitch changed with the speed")


class MarkReport(BaseModel):
    """Result of the search for the mark."""

    marked: bool = Field(description="whether the mark of this service's secret was found")
    id: int | None = Field(description="number that the mark carries, `MARK_ID`")
    false_alarm: float = Field(description="bound on the probability of so high a score without a mark")
    seconds: float = Field(description="duration of the recording")
    windows: list[MarkWindow]


@router.post(
    "/detect",
    openapi_extra=_FORM,
    responses=error_answers(*SCOPE_ERRORS, *BODY_ERRORS, RecordingUnusable, Overloaded, Unavailable),
)
async def detect(request: Request, caller: VoicesCaller, service: Service) -> MarkReport:
    """Report whether a recording was spoken by a deployment with this one's `MARK_SECRET`."""
    service.runtime()
    form = await read_form(request)
    (data,) = form.take_files("audio", field="audio", most=1)
    report = MarkReport.model_validate(await detect_mark(data, service.settings, service.library.recordings))
    service.metrics.mark_searches.labels(str(report.marked).lower()).inc()
    return report
