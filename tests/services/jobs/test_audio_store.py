"""Stores of audio: a directory, and object storage, here one whose objects are files."""

import pytest

from services.jobs.audio_store import PIECE_BYTES, RESULT, AudioStore, DirectoryStore, open_audio_store
from services.jobs.object_store import ObjectStore
from shared.config import Settings
from shared.errors import StartupError


@pytest.fixture(params=["directory", "objects"])
def store(request, tmp_path) -> AudioStore:
    if request.param == "directory":
        return DirectoryStore(tmp_path / "jobs")
    (tmp_path / "bucket").mkdir()
    return ObjectStore(f"file://{tmp_path}/bucket")


def test_file_is_read_whole_and_in_ranges(store):
    content = bytes(range(256)) * (PIECE_BYTES // 100)
    assert store.put("job_1", "part-0", iter([content[:1000], content[1000:]])) == len(content)
    pieces = list(store.read("job_1", "part-0"))
    assert b"".join(pieces) == content and {len(piece) for piece in pieces[:-1]} == {PIECE_BYTES}
    assert b"".join(store.read("job_1", "part-0", start=700, size=PIECE_BYTES)) == content[700 : 700 + PIECE_BYTES]
    assert b"".join(store.read("job_1", "part-0", start=len(content) - 3)) == content[-3:]
    assert list(store.read("job_1", "part-0", size=0)) == []
    assert store.put("job_1", "part-0", [b"anew"]) == 4 and list(store.read("job_1", "part-0")) == [b"anew"]
    assert store.put("job_1", "empty", []) == 0


def test_file_that_breaks_off_is_not_stored(store):
    def broken():
        yield b"half"
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        store.put("job_1", "part-0", broken())
    assert store.names("job_1") == set()
    with pytest.raises(FileNotFoundError):
        next(store.read("job_1", "part-0"))


def test_files_of_a_job_are_listed_and_deleted(store):
    for name in ("part-0", "part-1", RESULT):
        store.put("job_1", name, [b"1"])
        store.put("job_11", name, [b"2"])
    assert store.names("job_1") == {"part-0", "part-1", RESULT}
    store.delete("job_1", parts_only=True)
    assert store.names("job_1") == {RESULT} and len(store.names("job_11")) == 3
    store.delete("job_1")
    store.delete("job_1")
    assert store.names("job_1") == set()


def test_object_storage_that_is_unknown_is_refused_in_one_line():
    with pytest.raises(StartupError, match=r"^setting JOBS_STORE: .*nope") as refused:
        open_audio_store(Settings(jobs_store="nope://bucket"))
    assert "\n" not in str(refused.value)
