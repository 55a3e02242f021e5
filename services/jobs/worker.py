"""Worker of jobs: takes the next one of the queue, holds its lease and speaks it, where live requests leave room."""

import asyncio
import time
import uuid
from contextlib import suppress
from typing import Any

from core.request_state import CancelReason
from services.accounts.accounts import Accounts
from services.jobs.audio_store import AudioStore
from services.jobs.job import Job, JobState
from services.jobs.parts import JobBody
from services.jobs.speaking import JobSpeaker, LeaseLost, Synthesize, TagsOf, release_hold
from services.jobs.store import JobStore, Waits
from services.stopping import Stopping
from shared.backoff import pause_s
from shared.errors import InsufficientCredits, RequestError, ServiceError, StoreUnavailable, Unavailable
from shared.logging import get_logger
from shared.metrics import Metrics

POLL_S = 2.0
"""Seconds between two looks for jobs of other processes; a job of this one is taken at once. Chosen."""
SLICE_S = 60.0
"""Seconds after which a job lets others that wait have a turn. Chosen: some parts, so that reading it anew costs
little."""
MOST_FAILURES = 3
"""Failures in a row of one part after which its job fails. Each is an own attempt with an own record."""
CREDITS_AGAIN_S = 60.0
"""Seconds after which a job is taken again whose key has too few credits. Chosen."""
STORAGE_AGAIN_S = 30.0
"""Seconds after which a job is taken again whose audio could not be stored."""

log = get_logger(__name__)


class JobWorker:
    """One job at a time. `problem` is the reason why audio cannot be stored; None where it can."""

    def __init__(
        self,
        store: JobStore,
        audio: AudioStore,
        accounts: Accounts,
        synthesize: Synthesize,
        *,
        stopping: Stopping,
        metrics: Metrics,
        lease_s: float,
        tags_of: TagsOf,
    ) -> None:
        self._store, self._audio, self._accounts, self._synthesize = store, audio, accounts, synthesize
        self._stopping, self._metrics, self._lease_s = stopping, metrics, lease_s
        self._tags_of = tags_of
        self._worker = uuid.uuid4().hex
        self._job_id: str | None = None
        self._deleted = asyncio.Event()
        self.wake = asyncio.Event()
        self.problem: str | None = None

    async def run(self) -> None:
        """Speak jobs until cancelled; take none once the service stops."""
        while True:
            if self._stopping.begun.is_set():
                await asyncio.Event().wait()
            self.wake.clear()
            try:
                claimed = await self._store.claim(self._worker, lease_s=self._lease_s)
            except StoreUnavailable as fault:
                log.warning("jobs_postponed", reason=fault.message)
                claimed = None
            if claimed:
                await self._work(*claimed)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self.wake.wait()

    @property
    def busy(self) -> bool:
        return self._job_id is not None

    def deleted(self, job_id: str) -> None:
        """Stop the job of this id where it is the one in hand."""
        if job_id == self._job_id:
            self._deleted.set()

    async def _work(self, job: Job, body: str) -> None:
        """Speak a job while its lease holds and the service runs; give it back or end it afterwards."""
        self._job_id = job.id
        self._deleted.clear()
        log.info("job_taken", job=job.id, parts_done=job.parts_done, parts=job.parts)
        speaker = JobSpeaker(
            job,
            await asyncio.to_thread(JobBody, body),
            self._worker,
            store=self._store,
            audio=self._audio,
            accounts=self._accounts,
            metrics=self._metrics,
            tags_of=self._tags_of,
        )
        speaking = asyncio.create_task(self._speak(job, speaker), name="job")
        lease = asyncio.create_task(self._hold_lease(job), name="job-lease")
        gone = asyncio.create_task(self._deleted.wait(), name="job-deleted")
        stop = asyncio.create_task(self._stopping.begun.wait(), name="job-stop")
        with self._metrics.jobs_running.track_inprogress():
            try:
                await asyncio.wait({speaking, lease, gone, stop}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                lost = lease.done() or gone.done()
                speaker.break_off(CancelReason.CANCELLED if lost else CancelReason.STOPPED)
                await _cancel(speaking, gone, stop)
                self._job_id = None
                try:
                    await self._after(job, speaker, speaking, lost=lost)  # the lease is held meanwhile
                finally:
                    await _cancel(lease)

    async def _speak(self, job: Job, speaker: JobSpeaker) -> None:
        """Speak all parts and join them; end a slice early where other jobs wait. Raises as `JobSpeaker` does."""
        while not await speaker.speak(self._synthesize, for_s=SLICE_S):
            if await self._store.others_wait():
                return
        size = await speaker.join()
        self.problem = None
        if not await self._store.completed(job.id, self._worker, size=size):
            raise LeaseLost
        self._ended(job, JobState.COMPLETED)
        await asyncio.to_thread(self._audio.delete, job.id, parts_only=True)

    async def _hold_lease(self, job: Job) -> None:
        """Renew the lease until it is lost. While the database is unavailable, work goes on until the lease ends."""
        renewed = time.monotonic()
        while time.monotonic() < renewed + self._lease_s:
            await asyncio.sleep(self._lease_s / 3)
            with suppress(StoreUnavailable):
                if not await self._store.renew(job.id, self._worker, lease_s=self._lease_s):
                    return
                renewed = time.monotonic()

    async def _after(self, job: Job, speaker: JobSpeaker, speaking: "asyncio.Task[None]", *, lost: bool) -> None:
        """Note the result of the work. Where the database is unavailable, the lease ends by itself."""
        error = None if speaking.cancelled() else speaking.exception()
        if lost or isinstance(error, LeaseLost):
            log.info("job_lease_lost", job=job.id)
            await self._forget_deleted(job, speaker)
            return
        try:
            await self._note(job, speaker, error)
        except StoreUnavailable as fault:
            log.warning("job_not_noted", job=job.id, reason=fault.message)

    async def _note(self, job: Job, speaker: JobSpeaker, error: BaseException | None) -> None:
        self.problem = None
        match error:
            case None:
                await self._store.give_back(job.id, self._worker)  # without effect on a job that has ended
            case Unavailable():
                await self._postpone(job, error, after_s=error.retry_after_s or POLL_S)
            case InsufficientCredits():
                await self._postpone(job, error, after_s=CREDITS_AGAIN_S)
            case OSError():
                self.problem = error.strerror or type(error).__name__
                log.error("job_not_stored", job=job.id, reason=str(error))
                await self._postpone(job, Unavailable("its audio cannot be stored"), after_s=STORAGE_AGAIN_S)
            case RequestError():
                await self._fail(job, speaker, error)
            case _:
                await self._failed_attempt(job, speaker, error)

    async def _postpone(self, job: Job, reason: ServiceError, *, after_s: float, failures: int = 0) -> None:
        log.warning("job_postponed", job=job.id, code=reason.code, after_s=round(after_s, 1))
        waits = Waits(after_s, reason.code, reason.message, failures)
        await self._store.give_back(job.id, self._worker, waits)

    async def _failed_attempt(self, job: Job, speaker: JobSpeaker, error: BaseException) -> None:
        known = isinstance(error, ServiceError)
        reason = error if isinstance(error, ServiceError) else ServiceError("an internal error")
        log.error("job_part_failed", job=job.id, part=speaker.parts_done, exc_info=None if known else error)
        failures = 1 + (job.failures if speaker.parts_done == job.parts_done else 0)
        if failures < MOST_FAILURES:
            await self._postpone(job, reason, after_s=pause_s(failures), failures=1)
            return
        await self._fail(job, speaker, reason)

    async def _fail(self, job: Job, speaker: JobSpeaker, error: ServiceError) -> None:
        """End a job at a part that cannot be spoken. The parts before it are charged, so their audio is kept."""
        message = f"part {speaker.parts_done + 1} of {job.parts}: {error.message}"
        size = await speaker.join() if speaker.parts_done else None
        if await self._store.failed(job.id, self._worker, code=error.code, message=message, size=size):
            self._ended(job, JobState.FAILED)
            await speaker.release_hold()
            await asyncio.to_thread(self._audio.delete, job.id, parts_only=True)

    async def _forget_deleted(self, job: Job, speaker: JobSpeaker) -> None:
        """Delete what was written since the job was deleted, unless another process holds it."""
        try:
            if await self._store.exists(job.id):
                return
            await asyncio.to_thread(self._audio.delete, job.id)
            await release_hold(self._accounts, job, speaker.parts_done)
        except (StoreUnavailable, OSError) as fault:
            log.warning("job_not_forgotten", job=job.id, reason=str(fault))

    def _ended(self, job: Job, state: JobState) -> None:
        self._metrics.jobs_ended.labels(state).inc()
        log.info("job_ended", job=job.id, state=state)


async def _cancel(*tasks: "asyncio.Task[Any]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
