"""Jobs in the database, on SQLite and PostgreSQL."""

import asyncio
import time

import pytest

from services.accounts.database import open_database
from services.jobs.job import Job, JobState, new_job_id
from services.jobs.store import JobStore, Waits
from shared.errors import JobNotFound, TooManyJobs


@pytest.fixture
def store(database) -> JobStore:
    return JobStore(database)


async def submit(store: JobStore, key_id: str = "key", *, webhook: str | None = None, most_open: int = 100) -> Job:
    job = Job(
        id=new_job_id(),
        key_id=key_id,
        speaker="v",
        format="wav",
        rate=16_000,
        characters=30,
        parts=3,
        created_at=time.time(),
        webhook_url=webhook,
    )
    await store.create(job, "body", most_open=most_open)
    return job


async def test_job_is_claimed_spoken_and_completed(store):
    job = await submit(store)
    assert await store.read("key", job.id) == job and await store.open_count() == 1
    claimed = await store.claim("me", lease_s=30)
    assert claimed and claimed[0].state is JobState.RUNNING and claimed[1] == "body"
    for number in range(3):
        assert await store.part_spoken(job.id, "me", number, characters=10, audio_ms=500)
        assert not await store.part_spoken(job.id, "me", number, characters=10, audio_ms=500)
    assert not await store.completed(job.id, "another", size=9)
    assert await store.completed(job.id, "me", size=9)
    ended = await store.read("key", job.id)
    assert (ended.state, ended.size, ended.parts_done, ended.characters_done, ended.audio_ms) == (
        "completed",
        9,
        3,
        30,
        1500,
    )
    assert await store.open_count() == 0 and await store.claim("me", lease_s=30) is None


async def test_each_job_has_one_holder_at_a_time(store):
    jobs = {(await submit(store)).id for _ in range(8)}
    taken: list[str] = []

    async def take(worker: str) -> None:
        for _ in range(20):
            if claimed := await store.claim(worker, lease_s=30):
                taken.append(claimed[0].id)

    await asyncio.gather(*(take(f"worker {number}") for number in range(4)))
    assert len(taken) == 8 and set(taken) == jobs


async def test_expired_lease_is_taken_over_and_its_worker_can_write_no_more(store):
    job = await submit(store)
    assert await store.claim("dead", lease_s=0.05) and await store.claim("me", lease_s=30) is None
    await asyncio.sleep(0.1)
    assert await store.claim("me", lease_s=30)
    assert not await store.renew(job.id, "dead", lease_s=30)
    assert not await store.part_spoken(job.id, "dead", 0, characters=10, audio_ms=500)
    assert not await store.give_back(job.id, "dead") and await store.renew(job.id, "me", lease_s=30)


async def test_job_given_back_waits_behind_the_others_with_its_reason(store):
    first, second = await submit(store), await submit(store)
    claimed = await store.claim("me", lease_s=30)
    assert claimed and claimed[0].id == first.id and await store.others_wait()
    await store.give_back(first.id, "me", Waits(0.0, "GENERATION_FAILED", "no speech", 1))
    waiting = await store.read("key", first.id)
    assert (waiting.state, waiting.error_code, waiting.failures) == ("queued", "GENERATION_FAILED", 1)
    again = await store.claim("me", lease_s=30)
    assert again and again[0].id == second.id
    again = await store.claim("other", lease_s=30)
    assert again and again[0].id == first.id
    await store.part_spoken(first.id, "other", 0, characters=10, audio_ms=1)
    spoken = await store.read("key", first.id)
    assert (spoken.failures, spoken.error_code) == (0, None)
    await store.give_back(first.id, "other", Waits(60.0))
    assert await store.claim("other", lease_s=30) is None and not await store.others_wait()


async def test_failed_job_keeps_its_reason_and_the_size_of_what_was_spoken(store):
    job = await submit(store, webhook="https://example.com")
    await store.claim("me", lease_s=30)
    assert await store.failed(job.id, "me", code="VALIDATION_ERROR", message="no", size=5)
    failed = await store.read("key", job.id)
    assert (failed.state, failed.error_code, failed.size, failed.webhook_state) == (
        "failed",
        "VALIDATION_ERROR",
        5,
        "pending",
    )


async def test_keys_see_their_own_jobs_the_newest_first(store):
    mine = [(await submit(store)).id for _ in range(5)]
    other = await submit(store, "other")
    page = await store.page("key", limit=2)
    assert [job.id for job in page] == mine[:-3:-1]
    rest = await store.page("key", limit=10, before=page[-1])
    assert [job.id for job in rest] == mine[2::-1]
    for job_id in (other.id, "job_0", "'; DROP TABLE jobs", new_job_id()):
        with pytest.raises(JobNotFound):
            await store.read("key", job_id)
        with pytest.raises(JobNotFound):
            await store.delete("key", job_id)
    assert (await store.delete("other", other.id)).id == other.id and not await store.exists(other.id)


async def test_key_has_a_number_of_open_jobs(store):
    await submit(store, most_open=1)
    with pytest.raises(TooManyJobs):
        await submit(store, most_open=1)
    await submit(store, "other", most_open=1)
    await store.claim("me", lease_s=30)
    (job,) = await store.page("key", limit=1)
    await store.completed(job.id, "me", size=1)
    await submit(store, most_open=1)


async def test_webhook_is_due_until_it_is_delivered(store):
    job = await submit(store, webhook="https://example.com")
    assert await store.due_webhook(lease_s=30) is None
    await store.claim("me", lease_s=30)
    await store.completed(job.id, "me", size=1)
    due = await store.due_webhook(lease_s=30)
    assert due and due.id == job.id and due.webhook_attempts == 1
    assert await store.due_webhook(lease_s=30) is None, "another process has it"
    await store.webhook_sent(job.id, "pending", again_at=time.time())
    assert (await store.due_webhook(lease_s=30)).webhook_attempts == 2
    await store.webhook_sent(job.id, "delivered")
    assert (
        await store.due_webhook(lease_s=30) is None and (await store.read("key", job.id)).webhook_state == "delivered"
    )


async def test_ended_jobs_are_deleted_after_a_time(store):
    old, still_open = await submit(store), await submit(store)
    await store.claim("me", lease_s=30)
    await store.completed(old.id, "me", size=1)
    assert await store.delete_ended(before=time.time() - 60) == []
    assert await store.delete_ended(before=time.time() + 60) == [old.id] and await store.exists(still_open.id)


async def test_poll_without_a_job_does_not_wait_for_another_process_that_writes(tmp_path):
    """A waiting poll would hold up every question about keys, which has the same connection."""
    url = f"sqlite:///{tmp_path}/veena3.db"
    async with open_database(url) as mine, open_database(url) as another, another.transaction() as writing:
        await writing.execute("DELETE FROM api_keys")
        store = JobStore(mine)
        async with asyncio.timeout(1):  # SQLite would wait for two
            assert await store.claim("me", lease_s=30) is None and await store.due_webhook(lease_s=30) is None
