"""The file of records: rows that cannot be written, rows that cannot be read, and a full disk."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from services.accounts.records.archive import Filter, read_archive
from services.accounts.records.file import RecordsFile
from services.accounts.records.record import Destination, Outcome
from tests.services.accounts.records.conftest import begun, ended

TO = (Destination.SUPABASE, Destination.CREDITS)


@pytest.fixture
def file(records_path):
    with closing(RecordsFile(records_path)) as one:
        one.open()
        yield one


def kept(records_path) -> dict:
    return {record.id: record for record in read_archive(records_path, Filter())}


UNWRITABLE = {
    "a lone surrogate in a lexicon": {"lexicon": {"x": "\ud800"}},
    "a lone surrogate in a lexicon's key": {"lexicon": {"\udfff": "x"}},
    "a lone surrogate in the text": {"text": "Hello \ud800"},
    "a lexicon that JSON does not know": {"lexicon": {"x": object()}},
    "a text that is none": {"text": object()},
    "a lone surrogate in a name": {"speaker": "\ud800", "model_version": "v\udc00"},
}


@pytest.mark.parametrize("change", UNWRITABLE.values(), ids=UNWRITABLE)
def test_unwritable_row_is_set_aside_alone_and_is_still_pending(file, records_path, change):
    """It is written without its text, so that it is delivered and settled; the ten around it are written whole."""
    around = [ended() for _ in range(10)]
    bad = replace(ended("Some words."), **change)
    (aside,) = file.write([(record, TO) for record in (*around[:5], bad, *around[5:])])
    assert aside.record is bad and aside.written
    found = kept(records_path)
    assert [found[record.id] for record in around] == around
    bare = found[bad.id]
    assert (bare.text, bare.lexicon, bare.characters, bare.audio_s) == (None, None, bad.characters, bad.audio_s)
    assert bare.text_sha256 == bad.text_sha256 and bare.key_id == bad.key_id
    assert file.pending == dict.fromkeys(Destination, 11)
    assert bare in file.next_batch(Destination.CREDITS, most=100, characters=10**9)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"seed": 2**70}, "OverflowError"),
        ({"audio_s": float("nan")}, "IntegrityError"),
        ({"key_id": None}, "IntegrityError"),
    ],
    ids=["too large", "not a number", "without a key"],
)
def test_row_that_no_change_makes_writable_is_named_and_left_out(file, records_path, change, reason):
    around = [ended() for _ in range(10)]
    bad = replace(ended(), **change)
    (aside,) = file.write([(record, TO) for record in (*around[:5], bad, *around[5:])])
    assert (aside.record, aside.reason, aside.written) == (bad, reason, False)
    assert list(kept(records_path).values()) == around and file.pending == dict.fromkeys(Destination, 10)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("lexicon", "{"),
        ("lexicon", "[1]"),
        ("outcome", "sung"),
        ("rate", "fast"),
        ("text", b"\xff\xfe"),
        ("key_id", b"k"),
    ],
)
def test_unreadable_row_does_not_delay_the_others(file, records_path, column, value):
    records = [ended() for _ in range(3)]
    file.write([(record, TO) for record in records])
    with closing(sqlite3.connect(records_path)) as other, other:
        if column == "text":  # stored as text that is not UTF-8
            other.execute("update requests set text = cast(? as text) where id = ?", (value, records[0].id))
        else:
            other.execute(f"update requests set {column} = ? where id = ?", (value, records[0].id))
    assert list(kept(records_path).values()) == records[1:], "commands skip it, too"
    for destination in Destination:
        assert file.next_batch(destination, most=100, characters=10**9) == records[1:]
    assert file.refused == 1 and file.pending == dict.fromkeys(Destination, 2)


def test_full_disk_loses_no_written_record_and_takes_more_once_there_is_room(file, records_path):
    file.write([(record := ended(), TO)])
    db = file.ready()
    (pages,) = db.execute("pragma page_count").fetchone()
    db.execute(f"pragma max_page_count = {pages}")
    more = [ended("x" * 40_000) for _ in range(3)]
    with pytest.raises(sqlite3.OperationalError, match="full"):
        file.write([(one, TO) for one in more])
    assert list(kept(records_path)) == [record.id] and file.pending == dict.fromkeys(Destination, 1)
    db.execute("pragma max_page_count = 1000000")
    assert not file.write([(one, TO) for one in more])
    assert list(kept(records_path).values()) == [record, *more] and not file.recoveries


def test_write_ahead_log_is_moved_into_the_file_at_checkpoints(file, records_path):
    for _ in range(30):
        file.write([(ended("x" * 40_000), ()) for _ in range(10)])
    log = records_path.with_name(f"{records_path.name}-wal")
    assert log.stat().st_size < 8 * 2**20 < records_path.stat().st_size and not file.recoveries
    assert len(kept(records_path)) == 300


def test_only_the_owner_may_read_the_file(file, records_path):
    file.write([(begun(), ())])
    for path in records_path.parent.glob(f"{records_path.name}*"):
        assert ".lock" in path.name or path.stat().st_mode & 0o077 == 0, path


def test_later_record_of_an_id_replaces_the_first(file, records_path):
    record = ended()
    file.write([(replace(record, outcome=Outcome.RUNNING), TO), (record, TO)])
    assert list(kept(records_path).values()) == [record] and file.pending == dict.fromkeys(Destination, 1)
