import asyncio
import sqlite3
import sys
import threading
from dataclasses import replace

import pytest

from services.accounts.records import file
from services.accounts.records import outbox as module
from services.accounts.records.archive import Filter, read_archive
from services.accounts.records.file import RecordsFile
from services.accounts.records.outbox import open_outbox
from services.accounts.records.record import Destination, Outcome
from services.accounts.records.store import FileStore
from services.background import BackgroundTasks
from shared import backoff
from shared.errors import StartupError
from shared.metrics import Metrics
from tests.services.accounts.conftest import sample
from tests.services.accounts.records.conftest import begun, ended, opened, until

TO = (Destination.SUPABASE,)


@pytest.fixture
async def outbox(records_path, metrics):
    async with opened(records_path, metrics) as one:
        yield one


def lost(metrics: Metrics) -> float:
    return sample(metrics, "records_lost_total")


async def pending(outbox, **most: int):
    """Return the batch that Supabase is delivered next."""
    return await outbox.next_batch(Destination.SUPABASE, **{"most": 1000, "characters": 10**9} | most)


async def test_record_is_pending_once_its_request_has_ended(outbox):
    record = ended(text="नमस्ते, 'quoted'; drop table requests")
    await outbox.put(replace(record, outcome=Outcome.RUNNING), TO)
    assert await pending(outbox) == [] and outbox.pending[Destination.SUPABASE] == 0
    await outbox.put(record, TO)
    assert await pending(outbox) == [record] and outbox.pending[Destination.SUPABASE] == 1


async def test_delivered_record_is_deleted_and_refused_one_stays(outbox, records_path):
    good, bad = ended(), ended()
    outbox.put(good, TO)
    await outbox.put(bad, TO)
    await outbox.delivered(Destination.SUPABASE, [good])
    await outbox.refuse(Destination.SUPABASE, bad, "SQLSTATE 23514")
    assert await pending(outbox) == [] and outbox.pending[Destination.SUPABASE] == 0 and outbox.refused == 1
    assert list(read_archive(records_path, Filter())) == [bad]


@pytest.mark.parametrize(
    "order", [(Destination.SUPABASE, Destination.CREDITS), (Destination.CREDITS, Destination.SUPABASE)]
)
async def test_destinations_are_counted_apart(outbox, records_path, order):
    """A record is deleted once Supabase has it and it is settled; it stays where it is not for Supabase."""
    both, kept = ended(), ended()
    outbox.put(both, order)
    await outbox.put(kept, [Destination.CREDITS])
    assert outbox.pending == {Destination.SUPABASE: 1, Destination.CREDITS: 2}
    for destination in order:
        assert both in list(read_archive(records_path, Filter()))
        await outbox.delivered(destination, await outbox.next_batch(destination, most=10, characters=1000))
    assert outbox.pending == {Destination.SUPABASE: 0, Destination.CREDITS: 0}
    assert list(read_archive(records_path, Filter())) == [kept]


async def test_batch_is_bounded_in_records_and_in_characters(outbox):
    records = [ended("x" * 100) for _ in range(6)]
    await asyncio.gather(*(outbox.put(record, TO) for record in records))
    assert await pending(outbox, most=4) == records[:4]
    assert await pending(outbox, characters=350) == records[:3]
    assert await pending(outbox, characters=10) == records[:1]


async def test_record_without_destination_stays_in_the_outbox(records_path):
    record = ended()
    async with opened(records_path) as outbox:
        await outbox.put(record, ())
    async with opened(records_path) as outbox:
        assert await pending(outbox) == [] and outbox.pending[Destination.SUPABASE] == 0
    assert list(read_archive(records_path, Filter())) == [record]


async def test_last_records_are_written_before_outbox_closes(records_path):
    async with opened(records_path) as outbox:
        records = [ended() for _ in range(300)]
        for record in records:
            outbox.put(record, TO)
    assert list(read_archive(records_path, Filter())) == records


async def test_request_that_ran_when_its_process_ended_is_interrupted(records_path):
    async with opened(records_path) as outbox:
        outbox.put(begun(), TO)
    async with opened(records_path) as outbox:
        assert outbox.pending[Destination.SUPABASE] == 1 and outbox.due[Destination.SUPABASE].is_set()
        assert [record.outcome for record in await pending(outbox)] == [Outcome.INTERRUPTED]


async def test_file_has_one_writer_and_any_number_of_readers(outbox, records_path):
    await outbox.put(record := ended(), TO)
    with pytest.raises(StartupError, match="another process writes it"):
        async with opened(records_path):
            pass
    assert list(read_archive(records_path, Filter())) == [record]


async def test_file_that_cannot_be_opened_is_named(tmp_path):
    (tmp_path / "file").write_text("not a database, and long enough to look like one" * 100)
    for path in (tmp_path / "file", tmp_path / "file" / "records.sqlite"):
        with pytest.raises(StartupError, match=str(path)):
            async with opened(path):
                pass


async def test_old_records_are_deleted(outbox, records_path):
    old, new = (replace(ended(), arrived_at=f"2026-11-{day}T00:00:00.000+00:00") for day in ("01", "21"))
    outbox.put(old, TO)
    await outbox.put(new, TO)
    assert await outbox.delete_before(before="2026-11-10T00:00:00.000+00:00") == 1
    assert await pending(outbox) == [new] and outbox.pending[Destination.SUPABASE] == 1


@pytest.fixture
def impatient(monkeypatch) -> None:
    """Let a write fail soon where another process holds the file, and be repeated soon. Comes before `outbox`."""
    monkeypatch.setattr(file, "PRAGMAS", (*file.PRAGMAS, "busy_timeout = 10"))
    monkeypatch.setattr(module, "RETRY_S", 0.01)


async def test_records_of_a_failed_commit_are_written_beside_those_put_meanwhile(outbox, metrics, monkeypatch):
    monkeypatch.setattr(module, "RETRY_S", 0.01)
    write, started, released = RecordsFile.write, threading.Event(), threading.Event()

    def failing_once(self, batch):
        if not started.is_set():
            started.set()
            released.wait(10)
            raise sqlite3.OperationalError("disk I/O error")
        return write(self, batch)

    monkeypatch.setattr(RecordsFile, "write", failing_once)
    written = [outbox.put(ended(), TO) for _ in range(module.BATCH)]
    await until(started.is_set)
    written += [outbox.put(ended(), TO) for _ in range(module.MAX_WAITING)]
    released.set()
    async with asyncio.timeout(5):
        await asyncio.gather(*written)
    assert outbox.pending[Destination.SUPABASE] == module.BATCH + module.MAX_WAITING and not lost(metrics)
    await until(lambda: outbox.fault is None)


async def test_oldest_records_are_dropped_when_too_many_wait_for_the_disk(
    impatient, outbox, records_path, metrics, monkeypatch
):
    """Another writer holds the file; the records that still wait are written once it releases it."""
    monkeypatch.setattr(module, "MAX_WAITING", 50)
    records = [ended() for _ in range(60)]
    blocking = sqlite3.connect(records_path, isolation_level=None)
    blocking.execute("begin immediate")
    futures = [outbox.put(record, TO) for record in records[:50]]
    await until(lambda: outbox.fault)
    assert not any(future.done() for future in futures) and not lost(metrics)
    futures += [outbox.put(record, TO) for record in records[50:]]
    assert lost(metrics) == 10 and [future.cancelled() for future in futures] == [True] * 10 + [False] * 50
    assert "10 records were lost, unwritten" in outbox.problems
    blocking.close()
    async with asyncio.timeout(5):
        await asyncio.gather(*futures[10:])
    assert await pending(outbox) == records[10:]
    await until(lambda: outbox.fault is None)


async def test_memory_of_unwritten_records_is_bounded_in_bytes(impatient, outbox, records_path, metrics, monkeypatch):
    """A thousand of the longest texts would take 200 MB."""
    most = 4_000_000
    monkeypatch.setattr(module, "MAX_WAITING_BYTES", most)
    blocking = sqlite3.connect(records_path, isolation_level=None)
    blocking.execute("begin immediate")
    records = [ended("न" * 50_000) for _ in range(30)]  # 250 KB each: a written string keeps its UTF-8 beside it
    futures = []
    for record in records:
        futures.append(outbox.put(record, TO))
        assert 0 < sample(metrics, "records_unwritten_bytes") <= most
    assert 10 <= lost(metrics) < 30 and any("were lost" in problem for problem in outbox.problems)
    waiting = [record for record, future in zip(records, futures, strict=True) if not future.cancelled()]
    assert sum(sys.getsizeof(record.text) for record in waiting) <= most
    blocking.close()
    await until(lambda: sample(metrics, "records_unwritten_bytes") == 0)
    assert list(read_archive(records_path, Filter())) == records[int(lost(metrics)) :]


async def test_record_that_is_set_aside_is_logged_without_its_text(outbox, records_path, metrics, capsys):
    bad = replace(ended("SECRET words", key_id="key-7"), lexicon={"SECRET": "\ud800"})
    records = [ended() for _ in range(10)]
    written = [outbox.put(record, TO) for record in (*records[:5], bad, *records[5:])]
    async with asyncio.timeout(5):
        await asyncio.gather(*written)
    assert sample(metrics, "records_set_aside_total") == 1
    assert "1 records could not be written as they are" in outbox.problems and outbox.fault is None
    logged = capsys.readouterr().out
    assert "record_set_aside" in logged and bad.id in logged and "key-7" in logged and "SECRET" not in logged
    assert {record.id for record in await pending(outbox)} == {record.id for record in (*records, bad)}


async def test_writer_that_fails_is_restarted_and_writes_what_it_held(records_path, metrics, monkeypatch):
    monkeypatch.setattr(backoff, "FIRST_PAUSE_S", 0.01)
    background = BackgroundTasks(metrics)
    async with open_outbox(FileStore(records_path), metrics, background) as outbox:
        with monkeypatch.context() as patched:
            patched.setattr(RecordsFile, "write", lambda *_: 1 / 0)
            written = outbox.put(ended(), TO)
            await until(lambda: background.problems)
        async with asyncio.timeout(5):
            await written
        assert sample(metrics, "background_failures_total", task="records-writer") >= 1


async def test_deleted_file_is_reported_although_nothing_is_written(outbox, records_path, metrics, monkeypatch):
    await outbox.put(record := ended(), TO)
    outbox.due[Destination.SUPABASE].clear()
    records_path.unlink()
    await until(records_path.exists)
    await until(lambda: outbox.problems)
    assert outbox.problems == ["the records' file was deleted in use, and another was begun"]
    assert sample(metrics, "records_file_failures_total", reason="deleted") == 1
    assert outbox.due[Destination.SUPABASE].is_set() and await pending(outbox) == [record]
    monkeypatch.setattr(module, "REPORTED_S", 0)
    assert not outbox.problems


async def test_fault_names_no_path(outbox, records_path, monkeypatch):
    monkeypatch.setattr(module, "RETRY_S", 0.01)
    records_path.unlink()
    records_path.symlink_to(records_path)  # a link to itself cannot be opened
    outbox.put(ended(), TO)
    await until(lambda: outbox.fault)
    assert str(records_path) not in " ".join(outbox.problems)
    records_path.unlink()
    await until(lambda: not outbox.fault)


async def test_outbox_closes_cleanly_when_its_file_was_deleted(records_path):
    async with opened(records_path) as outbox:
        await outbox.put(ended(), TO)
        records_path.unlink()
        outbox.put(record := ended(), ())
    assert record in list(read_archive(records_path, Filter()))
