"""A job whose process is killed (SIGKILL) in the middle: another process goes on with it."""

from collections.abc import Iterator
from pathlib import Path

import httpx

from services.accounts.records.archive import Filter, read_archive
from tests.api.jobs import PATH, TEXT, submit, until
from tests.fake_server import FakeServer, fake_server


def spoken_parts(records: Path) -> Iterator[tuple[str, str]]:
    """Yield the id and the text of each part that a process has spoken to its end."""
    for record in read_archive(records, Filter()):
        if record.outcome == "ok":
            yield record.request_id, record.text


def test_killed_job_is_taken_over_and_every_sentence_is_spoken_once(tiny_path, tmp_path):
    """The audio is that of a job that was never interrupted, sample for sample."""
    shared = {"database_url": f"sqlite:///{tmp_path}/veena3.db", "jobs_path": tmp_path / "jobs", "jobs_lease_s": 1.0}

    def process(name: str, delay_s: float):
        return fake_server(tiny_path, delay_s=delay_s, records="full", records_path=tmp_path / name, **shared)

    def client(server: FakeServer) -> httpx.Client:
        return httpx.Client(base_url=server.url, timeout=30)

    with process("first.db", 0.005) as server, client(server) as first:
        job = submit(first, seed=7)
        while first.get(f"{PATH}/{job['id']}").json()["parts_done"] < 2:
            assert first.get(f"{PATH}/{job['id']}").json()["state"] in ("queued", "running")
        server.process.kill()
        server.process.wait()
    with process("second.db", 0.0) as server, client(server) as second:
        done = until(second, job, within_s=30)
        assert done["state"] == "completed" and done["parts_done"] == done["parts"]
        audio = second.get(f"{PATH}/{job['id']}/audio").content
        undisturbed = until(second, submit(second, seed=7))
        assert second.get(f"{PATH}/{undisturbed['id']}/audio").content == audio
    before, after = dict(spoken_parts(tmp_path / "first.db")), list(spoken_parts(tmp_path / "second.db"))
    resumed = {id: text for id, text in after if id.startswith(job["id"])}
    assert len(before) >= 2 and resumed, "both processes spoke parts"
    assert len(before.keys() & resumed.keys()) <= 1, "only the part in hand is spoken again"
    assert "".join(text for _, text in sorted((before | resumed).items())) == TEXT
