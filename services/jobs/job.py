"""A job: a long text that is spoken part by part, in the background."""

import secrets
from dataclasses import dataclass
from enum import StrEnum

JOB_ID = r"job_[0-9a-f]{24}"
"""Pattern of the id of a job."""


class JobState(StrEnum):
    """Progress of a job. A job that a stopping process gave back is QUEUED again."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it was read. Times are seconds since 1970; `size` is that of the audio file, in bytes.

    `parts_done` parts, of `characters_done` characters and `audio_ms` of speech, are stored. `failures` counts the
    failures in a row of the next part.
    """

    id: str
    key_id: str
    state: JobState = JobState.QUEUED
    speaker: str
    format: str
    rate: int
    characters: int
    characters_done: int = 0
    parts: int
    parts_done: int = 0
    audio_ms: int = 0
    size: int | None = None
    error_code: str | None = None
    error_message: str | None = None
    created_at: float
    started_at: float | None = None
    ended_at: float | None = None
    failures: int = 0
    webhook_url: str | None = None
    webhook_state: str | None = None
    webhook_attempts: int = 0

    @property
    def ended(self) -> bool:
        return self.state in (JobState.COMPLETED, JobState.FAILED)


def new_job_id() -> str:
    """Return the id of a new job. It cannot be guessed, and keys see their own jobs only."""
    return f"job_{secrets.token_hex(12)}"


def part_id(job_id: str, number: int) -> str:
    """Return the id of a part, under which it is charged once, however often it is spoken."""
    return f"{job_id}-{number:06d}"
