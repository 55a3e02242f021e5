"""`/v1/tts/jobs`: texts of up to 1,000,000 characters, spoken in the background. Each job belongs to its key."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Request
from pydantic import AfterValidator, BaseModel, Field, StringConstraints
from starlette.responses import Response, StreamingResponse

from api.answers import BODY_ERRORS, SCOPE_ERRORS, Answers, error_answers
from api.auth import GenerateCaller
from api.byte_range import read_range
from api.dependencies import Service
from api.examples import JOB
from api.markup import write_utterance
from api.request_text import check_text
from api.schemas import SpeechRequest
from api.strings import Name
from audio.encoders import ENCODERS
from services.jobs.job import Job
from services.jobs.webhook_guard import MAX_URL
from services.jobs.webhooks import Signer
from shared.aio import on_thread
from shared.errors import (
    DictionaryNotFound,
    InvalidFormat,
    InvalidSpeaker,
    JobNotCompleted,
    JobNotFound,
    RangeNotSatisfiable,
    TextTooLong,
    TooManyJobs,
    ValidationFailed,
)

PATH = "/v1/tts/jobs"
MAX_JOB_TEXT = 1_000_000
"""Longest text of a job, in characters."""
BODY_BYTES = 8 * 1024 * 1024
"""Largest body: the longest text with every character escaped has 6 MB, and the rest is for the lexicon."""
MAX_PAGE = 100
"""Most jobs of one list."""

JobText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(partial(check_text, most=MAX_JOB_TEXT))
]

router = APIRouter(prefix=PATH, tags=["Jobs"], responses=error_answers(*SCOPE_ERRORS))


class JobRequest(SpeechRequest):
    """`POST /v1/tts/jobs`: the fields of `/v1/tts/generate`, without `stream`, `normalize_verbose` and `timestamps`."""

    text: JobText = Field(description="text to speak, 1 to 1,000,000 characters")
    stream: Literal[False] = Field(False, description="a job makes a file")
    normalize_verbose: Literal[False] = Field(False, description="a job does not return the spoken form")
    timestamps: Literal[False] = Field(False, description="a job does not tell when words are spoken")
    webhook_url: Name | None = Field(
        None, max_length=MAX_URL, description="https address that is told when the job has ended"
    )


class JobError(BaseModel):
    """The reason why a job failed, or why it waits."""

    code: str
    message: str


class JobInfo(BaseModel):
    """A job. Times are in seconds since 1970."""

    id: str
    state: Literal["queued", "running", "completed", "failed"]
    speaker: str
    format: str
    sample_rate: int
    characters: int
    characters_done: int = Field(description="characters whose audio is stored")
    parts: int
    parts_done: int
    audio_seconds: float = Field(description="speech so far; it is charged part by part")
    size: int | None = Field(description="bytes of the audio file; null while there is none")
    created_at: float
    started_at: float | None
    ended_at: float | None
    error: JobError | None = Field(description="why the job failed, or why a queued one waits")
    webhook_url: str | None
    webhook_state: Literal["pending", "delivered", "failed"] | None


class NewJob(JobInfo):
    """A submitted job. `webhook_secret` is the key's secret, with which its server verifies webhooks."""

    webhook_secret: str | None = None


class JobList(BaseModel):
    """Jobs of the key, the newest first. `has_more`: ask again with the last one's id as `after`."""

    jobs: list[JobInfo]
    has_more: bool


@router.post(
    "",
    status_code=202,
    responses=error_answers(*BODY_ERRORS, TextTooLong, InvalidSpeaker, InvalidFormat, DictionaryNotFound, TooManyJobs),
)
async def create_job(
    body: Annotated[JobRequest, Body(openapi_examples=JOB)],
    response: Response,
    caller: GenerateCaller,
    service: Service,
) -> NewJob:
    """Put a text into the queue. It is spoken where live requests leave room."""
    utterance = await write_utterance(body, body.text, service, caller, most=MAX_JOB_TEXT)
    jobs = service.jobs()
    job = await jobs.submit(caller.key_id, utterance, webhook_url=body.webhook_url)
    response.headers["Location"] = f"{PATH}/{job.id}"
    return NewJob(**_fields(job), webhook_secret=_secret(jobs.signer, job))


@router.get("", responses=error_answers(ValidationFailed, JobNotFound))
async def list_jobs(
    caller: GenerateCaller,
    service: Service,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 20,
    after: Annotated[Name | None, Query(max_length=64, description="id of the last job of the list before")] = None,
) -> JobList:
    """Return the jobs of the caller's key, the newest first."""
    found = await service.jobs().page(caller.key_id, limit=limit + 1, after=after)
    return JobList(jobs=[JobInfo(**_fields(job)) for job in found[:limit]], has_more=len(found) > limit)


@router.get("/{job_id}", responses=error_answers(JobNotFound))
async def read_job(job_id: str, caller: GenerateCaller, service: Service) -> JobInfo:
    """Return a job with its progress."""
    return JobInfo(**_fields(await service.jobs().read(caller.key_id, job_id)))


_AUDIO: Answers = {
    200: {
        "content": {format.media_type.partition(";")[0]: {} for format in ENCODERS.values()},
        "description": "the audio file",
    },
    206: {"description": "the bytes that `Range` asks for"},
}


@router.head("/{job_id}/audio", include_in_schema=False)
@router.get(
    "/{job_id}/audio",
    response_class=Response,
    responses=_AUDIO | error_answers(JobNotFound, JobNotCompleted, RangeNotSatisfiable),
)
async def read_audio(job_id: str, request: Request, caller: GenerateCaller, service: Service) -> Response:
    """Return the audio of a completed job, or that before the part at which a job failed. Takes `Range`."""
    jobs = service.jobs()
    job = await jobs.audio(caller.key_id, job_id)
    assert job.size is not None
    etag = f'"{job.id}-{job.size}"'
    wanted = read_range(request.headers, size=job.size, etag=etag)
    headers = {
        "Content-Type": ENCODERS[job.format].media_type.format(rate=job.rate),
        "Content-Length": str(wanted.size),
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Cache-Control": "no-store",
    } | wanted.headers()
    if request.method == "HEAD":
        return Response(status_code=wanted.status, headers=headers)
    pieces = jobs.read_audio(job, start=wanted.start, size=wanted.size)
    first = await on_thread(lambda: next(pieces, b""))  # before the status line: the file may be gone
    return StreamingResponse(_read(first, pieces), status_code=wanted.status, headers=headers)


@router.delete("/{job_id}", status_code=204, responses=error_answers(JobNotFound))
async def delete_job(job_id: str, caller: GenerateCaller, service: Service) -> None:
    """Cancel a job that has not ended, and delete it with its audio."""
    await service.jobs().delete(caller.key_id, job_id)


async def _read(first: bytes, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    piece = first
    while piece:
        yield piece
        piece = await on_thread(lambda: next(pieces, b""))


def _secret(signer: Signer | None, job: Job) -> str | None:
    return signer.secret_of(job.key_id) if signer and job.webhook_url else None


def _fields(job: Job) -> dict[str, Any]:
    error = JobError(code=job.error_code, message=job.error_message or "") if job.error_code else None
    same = {name: getattr(job, name) for name in JobInfo.model_fields if hasattr(job, name)}
    return same | {"sample_rate": job.rate, "audio_seconds": job.audio_ms / 1000, "error": error}
