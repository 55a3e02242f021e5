import asyncio
import sqlite3
import sys
from dataclasses import replace

import pytest

from services.accounts.records import outbox as module
from services.accounts.records.archive import Filter, read_archive
from services.accounts.records.file import RecordsFile
from services.accounts.records.outbox import open_outbox
from services.accounts.records.record import Debt, Outcome
from services.background import BackgroundTasks
from shared import backoff
from shared.errors import StartupError
from shared.metrics import Metrics
from tests.services.accounts.records.conftest import begun, ended, opened, until

OWED = (Debt.SUPABASE,)


@pytest.fixture
async def outbox(records_path, metrics):
    async with opened(records_path, metrics) as one:
        yield one


def lost(metrics: Metrics) -> float:
    return metrics.records_lost._value.get()


async def owed(outbox, **most: int):
    return await outbox.owed(Debt.SUPABASE, **{"most": 1000, "characters": 10**9} | most)


async def test_a_record_is_owed_once_it_has_ended(outbox):
    record = ended(text="नमस्ते, 'quoted'; drop table requests")
    await outbox.put(replace(record, outcome=Outcome.RUNNING), OWED)
    assert await owed(outbox) == [] and outbox.pending[Debt.SUPABASE] == 0
    await outbox.put(record, OWED)
    assert await owed(outbox) == [record] and outbox.pending[Debt.SUPABASE] == 1


async def test_what_was_paid_is_gone_and_what_was_refused_stays(outbox, records_path):
    good, bad = ended(), ended()
    outbox.put(good, OWED)
    await outbox.put(bad, OWED)
    await outbox.paid(Debt.SUPABASE, [good])
    await outbox.refuse(Debt.SUPABASE, bad, "SQLSTATE 23514")
    assert await owed(outbox) == [] and outbox.pending[Debt.SUPABASE] == 0 and outbox.refused == 1
    assert list(read_archive(records_path, Filter())) == [bad]


@pytest.mark.parametrize("order", [(Debt.SUPABASE, Debt.CREDITS), (Debt.CREDITS, Debt.SUPABASE)])
async def test_who_is_owed_what_is_kept_apart(outbox, records_path, order):
    """It goes when Supabase has it and it is paid for; where Supabase is not meant to have it, it stays."""
    both, kept = ended(), ended()
    outbox.put(both, order)
    await outbox.put(kept, [Debt.CREDITS])
    assert outbox.pending == {Debt.SUPABASE: 1, Debt.CREDITS: 2}
    for debt in order:
        assert both in list(read_archive(records_path, Filter()))
        await outbox.paid(debt, await outbox.owed(debt, most=10, characters=1000))
    assert outbox.pending == {Debt.SUPABASE: 0, Debt.CREDITS: 0}
    assert list(read_archive(records_path, Filter())) == [kept]


async def test_a_batch_is_bounded_in_records_and_in_text(outbox):
    records = [ended("x" * 100) for _ in range(6)]
    await asyncio.gather(*(outbox.put(record, OWED) for record in records))
    assert await owed(outbox, most=4) == records[:4]
    assert await owed(outbox, characters=350) == records[:3]
    assert await owed(outbox, characters=10) == records[:1]


async def test_without_anybody_who_waits_for_it_the_outbox_is_the_store(records_path):
    record = ended()
    async with opened(records_path) as outbox:
        await outbox.put(record, ())
    async with opened(records_path) as outbox:
        assert await owed(outbox) == [] and outbox.pending[Debt.SUPABASE] == 0
    assert list(read_archive(records_path, Filter())) == [record]


async def test_what_is_put_last_is_written_before_it_closes(records_path):
    async with opened(records_path) as outbox:
        records = [ended() for _ in range(300)]
        for record in records:
            outbox.put(record, OWED)
    assert list(read_archive(records_path, Filter())) == records


async def test_what_ran_when_a_process_ended_was_interrupted(records_path):
    async with opened(records_path) as outbox:
        outbox.put(begun(), OWED)
    async with opened(records_path) as outbox:
        assert outbox.pending[Debt.SUPABASE] == 1 and outbox.owing[Debt.SUPABASE].is_set()
        assert [record.outcome for record in await owed(outbox)] == [Outcome.INTERRUPTED]


async def test_a_file_has_one_writer_and_any_number_of_readers(outbox, records_path):
    await outbox.put(record := ended(), OWED)
    with pytest.raises(StartupError, match="another process writes it"):
        async with opened(records_path):
            pass
    assert list(read_archive(records_path, Filter())) == [record]


async def test_a_file_that_cannot_be_ours_is_named(tmp_path):
    (tmp_path / "file").write_text("not a database, and long enough to look like one" * 100)
    for path in (tmp_path / "file", tmp_path / "file" / "records.sqlite"):
        with pytest.raises(StartupError, match=str(path)):
            async with opened(path):
                pass


async def test_old_records_are_forgotten(outbox, records_path):
    old, new = (replace(ended(), arrived_at=f"2026-11-{day}T00:00:00.000+00:00") for day in ("01", "21"))
    outbox.put(old, OWED)
    await outbox.put(new, OWED)
    assert await outbox.forget(before="2026-11-10T00:00:00.000+00:00") == 1
    assert await owed(outbox) == [new] and outbox.pending[Debt.SUPABASE] == 1


async def on_the_files_thread(outbox, sql: str) -> None:
    await outbox._in_thread(lambda: outbox._file._db.execute(sql))


async def test_whatever_gathers_is_written(outbox, records_path, metrics, monkeypatch):
    """What a commit that failed gives back comes on top of what was put meanwhile."""
    monkeypatch.setattr(module, "RETRY_S", 0.01)
    await on_the_files_thread(outbox, "pragma busy_timeout = 200")
    blocking = sqlite3.connect(records_path, isolation_level=None)
    blocking.execute("begin immediate")
    written = [outbox.put(ended(), OWED) for _ in range(module.TOGETHER)]
    await until(lambda: not outbox._waiting)
    written += [outbox.put(ended(), OWED) for _ in range(module.MOST_WAITING)]
    await until(lambda: outbox.fault)
    blocking.close()
    async with asyncio.timeout(5):
        await asyncio.gather(*written)
    assert outbox.pending[Debt.SUPABASE] == module.TOGETHER + module.MOST_WAITING and not lost(metrics)
    await until(lambda: outbox.fault is None)


async def test_a_disk_that_takes_nothing_costs_bounded_memory_and_loses_nothing_before(
    outbox, records_path, metrics, monkeypatch
):
    """Another writer holds the file; what was put meanwhile is there once it lets go."""
    monkeypatch.setattr(module, "MOST_WAITING", 50)
    monkeypatch.setattr(module, "RETRY_S", 0.01)
    await on_the_files_thread(outbox, "pragma busy_timeout = 10")
    records = [ended() for _ in range(60)]
    blocking = sqlite3.connect(records_path, isolation_level=None)
    blocking.execute("begin immediate")
    futures = [outbox.put(record, OWED) for record in records[:50]]
    await until(lambda: outbox.fault)
    assert not any(future.done() for future in futures) and not lost(metrics)
    futures += [outbox.put(record, OWED) for record in records[50:]]
    assert lost(metrics) == 10 and len(outbox._waiting) == 50
    assert "10 records were lost, unwritten" in outbox.problems
    blocking.close()
    async with asyncio.timeout(5):
        await asyncio.gather(*futures[10:])
    assert await owed(outbox) == records[10:]
    await until(lambda: outbox.fault is None)


async def test_memory_for_what_is_not_written_is_bounded_in_bytes(outbox, records_path, metrics, monkeypatch):
    """A thousand of the longest texts would be 200 MB."""
    most = 4_000_000
    monkeypatch.setattr(module, "MOST_WAITING_BYTES", most)
    monkeypatch.setattr(module, "RETRY_S", 0.01)
    await on_the_files_thread(outbox, "pragma busy_timeout = 10")
    blocking = sqlite3.connect(records_path, isolation_level=None)
    blocking.execute("begin immediate")
    records = [ended("न" * 50_000) for _ in range(30)]  # 250 KB each: a written string keeps its UTF-8 beside it
    for record in records:
        outbox.put(record, OWED)
        assert 0 < metrics.registry.get_sample_value("veena3_tts_records_unwritten_bytes") <= most
    assert 10 <= lost(metrics) < 30 and any("were lost" in problem for problem in outbox.problems)
    assert sum(sys.getsizeof(one.record.text) for one in outbox._waiting) <= most
    blocking.close()
    await until(lambda: not outbox._bytes)
    assert list(read_archive(records_path, Filter())) == records[int(lost(metrics)) :]


async def test_a_row_that_is_set_aside_is_told_without_its_text(outbox, records_path, metrics, capsys):
    bad = replace(ended("SECRET words", key_id="key-7"), lexicon={"SECRET": "\ud800"})
    records = [ended() for _ in range(10)]
    written = [outbox.put(record, OWED) for record in (*records[:5], bad, *records[5:])]
    async with asyncio.timeout(5):
        await asyncio.gather(*written)
    assert metrics.records_set_aside._value.get() == 1
    assert "1 records could not be written as they are" in outbox.problems and outbox.fault is None
    told = capsys.readouterr().out
    assert "record_set_aside" in told and bad.id in told and "key-7" in told and "SECRET" not in told
    assert {record.id for record in await owed(outbox)} == {record.id for record in (*records, bad)}


async def test_a_writer_that_fails_is_started_again_and_writes_what_it_held(records_path, metrics, monkeypatch):
    monkeypatch.setattr(backoff, "FIRST_PAUSE_S", 0.01)
    background = BackgroundTasks(metrics)
    async with open_outbox(records_path, metrics, background) as outbox:
        with monkeypatch.context() as patched:
            patched.setattr(RecordsFile, "write", lambda *_: 1 / 0)
            written = outbox.put(ended(), OWED)
            await until(lambda: background.problems)
        async with asyncio.timeout(5):
            await written
        assert metrics.background_failures.labels("records-writer")._value.get() >= 1


async def test_a_file_that_is_deleted_is_told_of_although_nothing_is_written(
    outbox, records_path, metrics, monkeypatch
):
    await outbox.put(record := ended(), OWED)
    outbox.owing[Debt.SUPABASE].clear()
    records_path.unlink()
    await until(records_path.exists)
    await until(lambda: outbox.problems)
    assert outbox.problems == ["the records' file was deleted in use, and another was begun"]
    assert metrics.records_file_failures.labels("deleted")._value.get() == 1
    assert outbox.owing[Debt.SUPABASE].is_set() and await owed(outbox) == [record]
    monkeypatch.setattr(module, "TOLD_S", 0)
    assert not outbox.problems


async def test_health_shows_no_path(outbox, records_path, monkeypatch):
    monkeypatch.setattr(module, "RETRY_S", 0.01)
    records_path.unlink()
    records_path.symlink_to(records_path)  # nobody can open what points at itself
    outbox.put(ended(), OWED)
    await until(lambda: outbox.fault)
    assert str(records_path) not in " ".join(outbox.problems)
    records_path.unlink()
    await until(lambda: not outbox.fault)


async def test_the_last_records_are_written_where_the_file_was_deleted_at_the_end(records_path):
    async with opened(records_path) as outbox:
        await outbox.put(ended(), OWED)
        records_path.unlink()
        outbox.put(record := ended(), ())
    assert record in list(read_archive(records_path, Filter()))
