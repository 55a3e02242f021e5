import asyncio
import sqlite3
from dataclasses import replace

import pytest

from services.records import outbox as module
from services.records.archive import Filter, read_archive
from services.records.outbox import Debt, open_outbox
from services.records.record import Outcome
from shared.errors import StartupError
from tests.services.records.conftest import begun, ended, until

OWED = (Debt.SUPABASE,)


@pytest.fixture
def lost() -> list[None]:
    return []


@pytest.fixture
async def outbox(records_path, lost):
    async with open_outbox(records_path, lost=lambda: lost.append(None)) as opened:
        yield opened


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
    async with open_outbox(records_path, lost=pytest.fail) as outbox:
        await outbox.put(record, ())
    async with open_outbox(records_path, lost=pytest.fail) as outbox:
        assert await owed(outbox) == [] and outbox.pending[Debt.SUPABASE] == 0
    assert list(read_archive(records_path, Filter())) == [record]


async def test_what_is_put_last_is_written_before_it_closes(records_path):
    async with open_outbox(records_path, lost=pytest.fail) as outbox:
        records = [ended() for _ in range(300)]
        for record in records:
            outbox.put(record, OWED)
    assert list(read_archive(records_path, Filter())) == records


async def test_what_ran_when_a_process_ended_was_interrupted(records_path):
    async with open_outbox(records_path, lost=pytest.fail) as outbox:
        outbox.put(begun(), OWED)
    async with open_outbox(records_path, lost=pytest.fail) as outbox:
        assert outbox.pending[Debt.SUPABASE] == 1 and outbox.owing[Debt.SUPABASE].is_set()
        assert [record.outcome for record in await owed(outbox)] == [Outcome.INTERRUPTED]


async def test_a_file_has_one_writer_and_any_number_of_readers(outbox, records_path):
    await outbox.put(record := ended(), OWED)
    with pytest.raises(StartupError, match="another process writes it"):
        async with open_outbox(records_path, lost=pytest.fail):
            pass
    assert list(read_archive(records_path, Filter())) == [record]


async def test_a_file_that_cannot_be_ours_is_named(tmp_path):
    (tmp_path / "file").write_text("not a database, and long enough to look like one" * 100)
    for path in (tmp_path / "file", tmp_path / "file" / "records.sqlite"):
        with pytest.raises(StartupError, match=str(path)):
            async with open_outbox(path, lost=pytest.fail):
                pass


async def test_old_records_are_forgotten(outbox, records_path):
    old, new = (replace(ended(), arrived_at=f"2026-11-{day}T00:00:00.000+00:00") for day in ("01", "21"))
    outbox.put(old, OWED)
    await outbox.put(new, OWED)
    assert await outbox.forget(before="2026-11-10T00:00:00.000+00:00") == 1
    assert await owed(outbox) == [new] and outbox.pending[Debt.SUPABASE] == 1


async def test_whatever_gathers_is_written_within_sqlites_bounds(outbox, records_path, lost, monkeypatch):
    """What a commit that failed gives back comes on top of what was put meanwhile. SQLite as it is built by default."""
    monkeypatch.setattr(module, "RETRY_S", 0.01)
    await outbox._db._execute(outbox._db._conn.setlimit, sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32_766)
    await outbox._db.execute("pragma busy_timeout = 200")
    blocking = sqlite3.connect(records_path, isolation_level=None)
    blocking.execute("begin immediate")
    written = [outbox.put(ended(), OWED) for _ in range(900)]
    await until(lambda: not outbox._waiting)
    written += [outbox.put(ended(), OWED) for _ in range(module.MOST_WAITING)]
    await until(lambda: outbox.fault)
    blocking.close()
    async with asyncio.timeout(5):
        await asyncio.gather(*written)
    assert outbox.pending[Debt.SUPABASE] == 900 + module.MOST_WAITING and not lost
    await until(lambda: outbox.fault is None)


async def test_a_disk_that_takes_nothing_costs_bounded_memory_and_loses_nothing_before(
    outbox, records_path, lost, monkeypatch
):
    """Another writer holds the file; what was put meanwhile is there once it lets go."""
    monkeypatch.setattr(module, "MOST_WAITING", 50)
    monkeypatch.setattr(module, "RETRY_S", 0.01)
    await outbox._db.execute("pragma busy_timeout = 10")
    records = [ended() for _ in range(60)]
    blocking = sqlite3.connect(records_path, isolation_level=None)
    blocking.execute("begin immediate")
    futures = [outbox.put(record, OWED) for record in records[:50]]
    await until(lambda: outbox.fault)
    assert not any(future.done() for future in futures) and not lost
    futures += [outbox.put(record, OWED) for record in records[50:]]
    assert len(lost) == 10 and len(outbox._waiting) == 50
    blocking.close()
    async with asyncio.timeout(5):
        await asyncio.gather(*futures[10:])
    assert await owed(outbox) == records[10:]
    await until(lambda: outbox.fault is None)
