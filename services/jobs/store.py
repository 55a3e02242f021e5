"""Jobs in the database. A worker holds a job by a lease, which another process takes over once it has expired."""

import re
import time
from dataclasses import dataclass, fields
from typing import Any

from services.accounts.database import Database, Row
from services.jobs.job import JOB_ID, Job, JobState
from shared.errors import JobNotFound, TooManyJobs

COLUMNS = tuple(field.name for field in fields(Job))
_READ = ", ".join(COLUMNS)
_OPEN = "state IN ('queued', 'running')"
_ID = re.compile(JOB_ID)

_INSERT = (
    "INSERT INTO jobs (id, key_id, state, speaker, format, rate, body, characters, characters_done, parts, parts_done,"
    " audio_ms, created_at, turn_at, failures, lease_until, webhook_url, webhook_attempts)"
    " VALUES ($1, $2, 'queued', $3, $4, $5, $6, $7, 0, $8, 0, 0, $9, $9, 0, 0, $10, 0)"
)
_CLAIM = (
    "UPDATE jobs SET worker = $1, lease_until = $2, state = 'running', started_at = COALESCE(started_at, $3)"
    f" WHERE lease_until < $3 AND id = (SELECT id FROM jobs WHERE {_OPEN} AND lease_until < $3 AND turn_at <= $3"
    f" ORDER BY turn_at LIMIT 1) RETURNING {_READ}, body"
)
_SPOKEN = (
    "UPDATE jobs SET parts_done = parts_done + 1, characters_done = characters_done + $4, audio_ms = audio_ms + $5,"
    " failures = 0, error_code = NULL, error_message = NULL WHERE id = $1 AND worker = $2 AND parts_done = $3"
)
_ENDED = (
    "UPDATE jobs SET state = $3, size = $4, error_code = $5, error_message = $6, ended_at = $7, body = '',"
    " worker = NULL, lease_until = 0, webhook_state = CASE WHEN webhook_url IS NULL THEN NULL ELSE 'pending' END,"
    " webhook_due_at = CASE WHEN webhook_url IS NULL THEN NULL ELSE CAST($7 AS double precision) END"
    " WHERE id = $1 AND worker = $2"
)
_GIVEN_BACK = (
    "UPDATE jobs SET state = 'queued', worker = NULL, lease_until = 0, turn_at = $3, failures = failures + $4,"
    " error_code = $5, error_message = $6 WHERE id = $1 AND worker = $2"
)
_DUE_WEBHOOK = (
    "UPDATE jobs SET webhook_due_at = $2, webhook_attempts = webhook_attempts + 1"
    " WHERE webhook_due_at <= $1 AND id = (SELECT id FROM jobs WHERE webhook_due_at <= $1"
    f" ORDER BY webhook_due_at LIMIT 1) RETURNING {_READ}"
)


@dataclass(frozen=True, slots=True)
class Waits:
    """State of a job that is given back: seconds before it is taken again, the reason, and failures to count."""

    after_s: float = 0.0
    code: str | None = None
    message: str | None = None
    failures: int = 0


READY = Waits()


class JobStore:
    """Rows of `jobs`. Every method raises StoreUnavailable; those with a `worker` return whether it has the lease."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, job: Job, body: str, *, most_open: int) -> None:
        """Insert a queued job with its parts. Raises TooManyJobs where the key has `most_open` open ones."""
        async with self._database.transaction() as work:
            (row,) = await work.fetch(f"SELECT count(*) AS count FROM jobs WHERE key_id = $1 AND {_OPEN}", job.key_id)
            if int(row["count"]) >= most_open:
                raise TooManyJobs(f"this key may have {most_open} jobs that have not ended", retry_after_s=60)
            await work.execute(
                _INSERT,
                *(job.id, job.key_id, job.speaker, job.format, job.rate, body),
                *(job.characters, job.parts, job.created_at, job.webhook_url),
            )

    async def read(self, key_id: str, job_id: str) -> Job:
        """Return a job of a key. Raises JobNotFound."""
        rows = await self._database.fetch(
            f"SELECT {_READ} FROM jobs WHERE id = $1 AND key_id = $2", _checked(job_id), key_id
        )
        if not rows:
            raise _not_found()
        return _job(rows[0])

    async def page(self, key_id: str, *, limit: int, before: Job | None = None) -> list[Job]:
        """Return at most `limit` jobs of a key, the newest first, from those older than `before`."""
        older = " AND (created_at, id) < ($3, $4)" if before else ""
        values = (before.created_at, before.id) if before else ()
        rows = await self._database.fetch(
            f"SELECT {_READ} FROM jobs WHERE key_id = $1{older} ORDER BY created_at DESC, id DESC LIMIT $2",
            *(key_id, limit, *values),
        )
        return [_job(row) for row in rows]

    async def delete(self, key_id: str, job_id: str) -> Job:
        """Delete a job of a key; return it as it was. Raises JobNotFound."""
        rows = await self._database.fetch(
            f"DELETE FROM jobs WHERE id = $1 AND key_id = $2 RETURNING {_READ}", _checked(job_id), key_id
        )
        if not rows:
            raise _not_found()
        return _job(rows[0])

    async def claim(self, worker: str, *, lease_s: float) -> tuple[Job, str] | None:
        """Take the open job that has waited longest and that no process holds; return it with its parts."""
        if not await self.others_wait():  # an UPDATE waits for SQLite's one writer also where it changes no row
            return None
        now = time.time()
        rows = await self._database.fetch(_CLAIM, worker, now + lease_s, now)
        return (_job(rows[0]), str(rows[0]["body"])) if rows else None

    async def renew(self, job_id: str, worker: str, *, lease_s: float) -> bool:
        """Prolong the lease."""
        query = "UPDATE jobs SET lease_until = $3 WHERE id = $1 AND worker = $2"
        return bool(await self._database.execute(query, job_id, worker, time.time() + lease_s))

    async def part_spoken(self, job_id: str, worker: str, number: int, *, characters: int, audio_ms: int) -> bool:
        """Count a part whose audio is stored and charged."""
        return bool(await self._database.execute(_SPOKEN, job_id, worker, number, characters, audio_ms))

    async def restart(self, job_id: str, worker: str) -> bool:
        """Count no part as spoken."""
        query = "UPDATE jobs SET parts_done = 0, characters_done = 0, audio_ms = 0 WHERE id = $1 AND worker = $2"
        return bool(await self._database.execute(query, job_id, worker))

    async def completed(self, job_id: str, worker: str, *, size: int) -> bool:
        """End a job whose audio is stored."""
        values = (JobState.COMPLETED, size, None, None, time.time())
        return bool(await self._database.execute(_ENDED, job_id, worker, *values))

    async def failed(self, job_id: str, worker: str, *, code: str, message: str, size: int | None) -> bool:
        """End a job of which a part cannot be spoken; `size` is that of the audio before it."""
        values = (JobState.FAILED, size, code, message, time.time())
        return bool(await self._database.execute(_ENDED, job_id, worker, *values))

    async def give_back(self, job_id: str, worker: str, waits: Waits = READY) -> bool:
        """Put a job at the end of the queue."""
        values = (time.time() + waits.after_s, waits.failures, waits.code, waits.message)
        return bool(await self._database.execute(_GIVEN_BACK, job_id, worker, *values))

    async def exists(self, job_id: str) -> bool:
        """Report whether there is a job of this id, of any key."""
        return bool(await self._database.fetch("SELECT id FROM jobs WHERE id = $1", job_id))

    async def others_wait(self) -> bool:
        """Report whether a job waits that no process holds."""
        query = f"SELECT id FROM jobs WHERE {_OPEN} AND lease_until < $1 AND turn_at <= $1 LIMIT 1"
        return bool(await self._database.fetch(query, time.time()))

    async def open_count(self) -> int:
        """Return the number of jobs that wait or are spoken, of all keys."""
        (row,) = await self._database.fetch(f"SELECT count(*) AS count FROM jobs WHERE {_OPEN}")
        return int(row["count"])

    async def delete_ended(self, *, before: float, most: int = 100) -> list[str]:
        """Delete jobs that ended before this time; return their ids."""
        ended = f"SELECT id FROM jobs WHERE state IN ('completed', 'failed') AND ended_at < $1 LIMIT {most}"
        rows = await self._database.fetch(f"DELETE FROM jobs WHERE id IN ({ended}) RETURNING id", before)
        return [str(row["id"]) for row in rows]

    async def due_webhook(self, *, lease_s: float) -> Job | None:
        """Take the webhook that is due longest, so that no other process sends it within the lease; count it."""
        now = time.time()
        if not await self._database.fetch("SELECT id FROM jobs WHERE webhook_due_at <= $1 LIMIT 1", now):
            return None  # without an UPDATE, as in `claim`
        rows = await self._database.fetch(_DUE_WEBHOOK, now, now + lease_s)
        return _job(rows[0]) if rows else None

    async def webhook_sent(self, job_id: str, state: str, *, again_at: float | None = None) -> None:
        """Note the result of a delivery, and the time of the next one."""
        query = "UPDATE jobs SET webhook_state = $2, webhook_due_at = $3 WHERE id = $1"
        await self._database.execute(query, job_id, state, again_at)


def _checked(job_id: str) -> str:
    if not _ID.fullmatch(job_id):
        raise _not_found()
    return job_id


def _not_found() -> JobNotFound:
    return JobNotFound("there is no such job of this key")


def _job(row: Row) -> Job:
    values: dict[str, Any] = {name: row[name] for name in COLUMNS}
    return Job(**values | {"state": JobState(row["state"])})
