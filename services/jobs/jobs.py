"""The interface of jobs: submission, lists, audio and deletion, with the background tasks that speak them."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

from services.accounts.accounts import Accounts
from services.accounts.database import Database
from services.background import BackgroundTasks
from services.jobs.audio_store import RESULT, AudioStore, open_audio_store
from services.jobs.job import Job, new_job_id
from services.jobs.parts import write_body_steps
from services.jobs.speaking import Synthesize, TagsOf, release_hold
from services.jobs.store import JobStore
from services.jobs.webhook_guard import Guard
from services.jobs.webhooks import Signer, WebhookSender
from services.jobs.worker import JobWorker
from services.stopping import Stopping
from shared.aio import run_in_slices
from shared.config import Settings
from shared.errors import JobNotCompleted, JobNotFound, StoreUnavailable, ValidationFailed
from shared.logging import get_logger
from shared.metrics import Metrics
from shared.types import Utterance

HOUSEKEEPING_EVERY_S = 60.0
"""Seconds between two counts of open jobs and searches for old ones."""
DAY_S = 86_400

log = get_logger(__name__)


class Jobs:
    """Jobs of all keys. Every method raises StoreUnavailable, and JobNotFound for jobs of other keys."""

    def __init__(
        self,
        store: JobStore,
        audio: AudioStore,
        accounts: Accounts,
        workers: tuple[JobWorker, ...],
        settings: Settings,
        metrics: Metrics,
    ) -> None:
        self._store, self._audio, self._accounts, self._workers = store, audio, accounts, workers
        self._settings, self._metrics = settings, metrics
        self.open = 0
        """Jobs of all processes that wait or are spoken, as they were last counted."""
        secret = settings.webhook_secret
        self.signer = Signer(secret.get_secret_value()) if secret else None
        self.guard = Guard(settings.webhook_hosts)

    async def submit(self, key_id: str, utterance: Utterance, *, webhook_url: str | None) -> Job:
        """Put a text into the queue. Raises ValidationFailed for a webhook, TooManyJobs."""
        if webhook_url is not None:
            self._check_webhook(webhook_url)
        body, parts = await run_in_slices(write_body_steps(utterance))
        job = Job(
            id=new_job_id(),
            key_id=key_id,
            speaker=utterance.voice.id,
            format=utterance.format,
            rate=utterance.rate,
            characters=len(utterance.text),
            parts=parts,
            created_at=time.time(),
            webhook_url=webhook_url,
        )
        await self._store.create(job, body, most_open=self._settings.key_jobs)
        log.info("job_submitted", job=job.id, key_id=key_id, characters=job.characters, parts=parts)
        for worker in self._workers:
            worker.wake.set()
        return job

    def _check_webhook(self, url: str) -> None:
        if self.signer is None:
            raise ValidationFailed("webhook_url: this service sends no webhooks (WEBHOOK_SECRET)")
        self.guard.check(url)

    async def read(self, key_id: str, job_id: str) -> Job:
        """Return a job of a key."""
        return await self._store.read(key_id, job_id)

    async def page(self, key_id: str, *, limit: int, after: str | None) -> list[Job]:
        """Return at most `limit` jobs of a key, the newest first, from the one behind the job `after`."""
        before = await self._store.read(key_id, after) if after else None
        return await self._store.page(key_id, limit=limit, before=before)

    async def audio(self, key_id: str, job_id: str) -> Job:
        """Return a job whose audio can be read. Raises JobNotCompleted."""
        job = await self._store.read(key_id, job_id)
        if job.size is None:
            failed = f"the job failed: {job.error_message}"
            raise JobNotCompleted(failed if job.ended else f"the job is {job.state}: its audio is not there yet")
        return job

    def read_audio(self, job: Job, *, start: int, size: int) -> Iterator[bytes]:
        """Yield bytes of a job's audio; blocks. Raises JobNotFound where the file is gone."""
        try:
            yield from self._audio.read(job.id, RESULT, start=start, size=size)
        except FileNotFoundError:
            raise JobNotFound("the audio of this job is gone") from None

    async def delete(self, key_id: str, job_id: str) -> None:
        """Delete a job and its audio. One that is spoken stops at once here, and within its lease elsewhere."""
        job = await self._store.delete(key_id, job_id)
        for worker in self._workers:
            worker.deleted(job_id)
        await asyncio.to_thread(self._audio.delete, job_id)
        if not job.ended:
            await release_hold(self._accounts, job, job.parts_done)
            self._metrics.jobs_ended.labels("deleted").inc()
        log.info("job_deleted", job=job_id, state=job.state)

    @property
    def running(self) -> int:
        """Return the number of jobs that this process speaks."""
        return sum(worker.busy for worker in self._workers)

    @property
    def problems(self) -> list[str]:
        """Return the reasons why jobs do not go on, one line each, for health."""
        return [f"jobs: their audio cannot be stored ({worker.problem})" for worker in self._workers if worker.problem]

    async def keep_house(self) -> None:
        """Count the open jobs, and delete those that ended JOBS_DAYS ago, until cancelled."""
        while True:
            try:
                self.open = await self._store.open_count()
                self._metrics.jobs_open.set(self.open)
                before = time.time() - self._settings.jobs_days * DAY_S
                while old := await self._store.delete_ended(before=before):
                    for job_id in old:
                        await asyncio.to_thread(self._audio.delete, job_id)
                    log.info("jobs_deleted", count=len(old))
            except (StoreUnavailable, OSError) as fault:
                log.warning("jobs_housekeeping_postponed", reason=str(fault))
            await asyncio.sleep(HOUSEKEEPING_EVERY_S)


@asynccontextmanager
async def open_jobs(
    settings: Settings,
    database: Database,
    accounts: Accounts,
    synthesize: Synthesize,
    *,
    stopping: Stopping,
    metrics: Metrics,
    background: BackgroundTasks,
    tags_of: TagsOf,
) -> AsyncIterator[Jobs | None]:
    """Open the jobs of these settings, which are spoken while the context is open; None without a place for audio."""
    audio = open_audio_store(settings)
    if audio is None:
        yield None
        return
    store = JobStore(database)
    workers = tuple(
        JobWorker(
            store,
            audio,
            accounts,
            synthesize,
            stopping=stopping,
            metrics=metrics,
            lease_s=settings.jobs_lease_s,
            tags_of=tags_of,
        )
        for _ in range(settings.jobs_at_once)
    )
    jobs = Jobs(store, audio, accounts, workers, settings, metrics)
    sender = WebhookSender(store, jobs.signer, jobs.guard, metrics)
    async with AsyncExitStack() as stack:
        for number, worker in enumerate(workers, 1):
            await stack.enter_async_context(background.running(f"jobs-{number}", worker.run))
        if jobs.signer:
            await stack.enter_async_context(background.running("webhooks", sender.run))
        await stack.enter_async_context(background.running("jobs-housekeeping", jobs.keep_house))
        yield jobs
