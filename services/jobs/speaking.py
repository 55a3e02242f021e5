"""Speak the parts of one job and join them. Leaves the lease, retries and the queue to the worker."""

import time
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Protocol

from audio.encoders import Tags
from core.request_state import Arrival, CancelReason, RequestState
from services.accounts.accounts import Accounts
from services.accounts.caller import Caller
from services.jobs.audio_store import RESULT, AudioStore, part_name
from services.jobs.job import Job, part_id
from services.jobs.joining import join_steps
from services.jobs.parts import JobBody
from services.jobs.store import JobStore
from services.synthesis import Synthesis
from services.whole_file import EncodedFile
from shared.aio import on_thread
from shared.errors import StoreUnavailable
from shared.logging import get_logger
from shared.metrics import Metrics

log = get_logger(__name__)

_END = object()


class Synthesize(Protocol):
    """`SpeechService.synthesize`."""

    def __call__(self, request: RequestState, caller: Caller) -> AbstractAsyncContextManager[Synthesis]: ...


TagsOf = Callable[[str], Tags | None]
"""Function that returns the tags of the file of a job, by its id."""


class LeaseLost(Exception):
    """The job was deleted, or another process holds it."""


class JobSpeaker:
    """The work of one job, of which `worker` holds the lease."""

    def __init__(
        self,
        job: Job,
        body: JobBody,
        worker: str,
        *,
        store: JobStore,
        audio: AudioStore,
        accounts: Accounts,
        metrics: Metrics,
        tags_of: TagsOf,
    ) -> None:
        self._job, self._body, self._worker = job, body, worker
        self._store, self._audio, self._accounts = store, audio, accounts
        self._metrics, self._tags_of = metrics, tags_of
        self._request: RequestState | None = None
        self.parts_done = job.parts_done

    def break_off(self, reason: CancelReason) -> None:
        """Note why the running part is about to be cancelled, for its record."""
        if self._request:
            self._request.cancel_reason = reason

    async def speak(self, synthesize: Synthesize, *, for_s: float) -> bool:
        """Speak parts for so many seconds, one at least; return whether all are spoken.

        A part counts once its audio is stored and it is charged. A part that was interrupted in between is spoken
        again and replaces its audio, and its charge, which has the part's id, has no effect a second time.
        Raises ServiceError, OSError, LeaseLost.
        """
        await self._restart_if_lost()
        caller, until = await self._accounts.holder(self._job.key_id), time.monotonic() + for_s
        while self.parts_done < self._job.parts:
            await self._speak_part(synthesize, caller, self.parts_done)
            self.parts_done += 1
            if time.monotonic() > until:
                return self.parts_done == self._job.parts
        return True

    async def _restart_if_lost(self) -> None:
        """Begin anew where audio of the parts is missing. Parts that were charged are not charged again."""
        names = await on_thread(lambda: self._audio.names(self._job.id))
        if all(part_name(number) in names for number in range(self.parts_done)):
            return
        log.error("job_audio_lost", job=self._job.id, parts_done=self.parts_done)
        if not await self._store.restart(self._job.id, self._worker):
            raise LeaseLost
        self.parts_done = 0

    async def _speak_part(self, synthesize: Synthesize, caller: Caller, number: int) -> None:
        job, id = self._job, part_id(self._job.id, number)
        utterance = self._body.utterance(number, attempt=job.failures if number == job.parts_done else 0)
        request = self._request = RequestState(Arrival(id, time.perf_counter()), utterance, part_id=id)
        async with synthesize(request, caller) as synthesis:
            try:
                async with aclosing(synthesis.encoded()) as pieces:
                    samples = [piece async for piece in pieces]
                synthesis.sent(sum(map(len, samples)))
                synthesis.delivered()
            finally:
                synthesis.abandon()
        self._request = None
        await self._put(part_name(number), samples)
        audio_ms = round(request.seconds * 1000)
        await self._accounts.settle_part(id, job.key_id, spoken_ms=audio_ms)
        counted = await self._store.part_spoken(
            job.id, self._worker, number, characters=len(utterance.text), audio_ms=audio_ms
        )
        if not counted:
            raise LeaseLost
        self._metrics.job_parts.inc()

    async def join(self) -> int:
        """Join the parts that were spoken to the job's file; return its size in bytes. Raises OSError."""
        job = self._job
        pauses_s = [self._body.part(number).pause_s for number in range(self.parts_done)]
        with EncodedFile() as file:
            tags = self._tags_of(job.id)
            steps = join_steps(self._audio, job.id, pauses_s, file, format=job.format, rate=job.rate, tags=tags)
            try:
                while await on_thread(lambda: next(steps, _END)) is not _END:
                    pass
            finally:
                steps.close()
            return await self._put(RESULT, file.body().pieces)

    async def release_hold(self) -> None:
        """Release the credits that the part in hand may hold. Where the ledger is unavailable they expire."""
        await release_hold(self._accounts, self._job, self.parts_done)

    async def _put(self, name: str, pieces: Iterable[bytes]) -> int:
        return await on_thread(lambda: self._audio.put(self._job.id, name, pieces))


async def release_hold(accounts: Accounts, job: Job, number: int) -> None:
    """Release the credits that the next part of an ended job may hold; they expire where the ledger is unavailable."""
    try:
        await accounts.settle_part(part_id(job.id, number), job.key_id, spoken_ms=0)
    except StoreUnavailable:
        return
