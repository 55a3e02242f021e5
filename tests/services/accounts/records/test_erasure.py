"""Erasure of records, in the file beside the service that writes it, and in PostgreSQL."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from services.accounts.database import open_database
from services.accounts.records.archive import Filter, read_archive
from services.accounts.records.database_store import DatabaseStore, read_database
from services.accounts.records.erasure import Erased, erase_from_database, erase_from_file
from services.accounts.records.record import Destination
from shared.errors import StartupError
from tests.services.accounts.records.conftest import ended, opened

SECRET = "Nobody else may read this sentence."


async def test_records_of_a_key_are_erased_from_a_file_in_use(records_path):
    """Unpaid ones stay without their text, so that they are charged; nothing of the text is left on the disk."""
    paid, unpaid, other = ended(SECRET, key_id="key-1"), ended(SECRET, key_id="key-1"), ended("Mine.", key_id="key-2")
    async with opened(records_path) as outbox:
        await asyncio.gather(outbox.put(paid, []), outbox.put(unpaid, [Destination.CREDITS]), outbox.put(other, []))
        assert await asyncio.to_thread(erase_from_file, records_path, Filter(key_id="key-1")) == Erased(1, 1)
        left = {one.id: one for one in read_archive(records_path, Filter())}
        assert set(left) == {unpaid.id, other.id} and left[other.id].text == "Mine."
        assert left[unpaid.id].text is None and left[unpaid.id].audio_s == unpaid.audio_s
        (record,) = await outbox.next_batch(Destination.CREDITS, most=10, characters=1000)
        assert record.id == unpaid.id and outbox.problems == []
        await outbox.put(ended("After."), [])
    on_disk = b"".join(one.read_bytes() for one in records_path.parent.iterdir())
    assert SECRET.encode() not in on_disk and b"After." in on_disk
    with closing(sqlite3.connect(records_path)) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)


async def test_record_of_a_request_is_erased_from_the_database(postgres):
    one, other = ended(SECRET, request_id="request-1"), ended(SECRET, request_id="request-2")
    async with open_database(postgres.fresh()) as database:
        await DatabaseStore(database, takeover_s=300).write([(one, []), (other, [Destination.CREDITS])])
        assert await erase_from_database(database, Filter(request_id="request-1")) == Erased(1, 0)
        assert await erase_from_database(database, Filter(request_id="request-2")) == Erased(0, 1)
        left = [record async for record in read_database(database, Filter())]
        assert [(record.id, record.text, record.request_id) for record in left] == [(other.id, None, "erased")]


def test_missing_file_is_named(records_path):
    with pytest.raises(StartupError, match="RECORDS_PATH"):
        erase_from_file(records_path, Filter(key_id="key-1"))
