"""Jobs while they are spoken: turns, live requests, failures and restarts, with the fake engine."""

import shutil
import time

import pytest

from services.jobs import worker
from tests.api.jobs import PATH, TEXT, speaking, submit, until
from tests.fakes import FakeEngine


@pytest.fixture(autouse=True)
def short_polls(monkeypatch):
    monkeypatch.setattr(worker, "POLL_S", 0.05)


@pytest.mark.slow
def test_job_whose_audio_was_lost_is_spoken_anew(tiny, tmp_path):
    with speaking(tiny, tmp_path, FakeEngine(tiny.vocabulary, delay_s=0.01)) as (served, client):
        job = submit(client)
        served.until(lambda: client.get(f"{PATH}/{job['id']}").json()["parts_done"] >= 2, within_s=20)
    shutil.rmtree(tmp_path / "jobs")
    with speaking(tiny, tmp_path) as (_, client):
        done = until(client, job)
        assert done["state"] == "completed" and done["parts_done"] == done["parts"]


def test_storage_that_fails_is_named_by_job_and_health_until_it_works(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "STORAGE_AGAIN_S", 0.1)
    (tmp_path / "jobs").write_text("a file in place of the directory")
    with speaking(tiny, tmp_path) as (served, client):
        job = submit(client)
        served.until(lambda: client.get(f"{PATH}/{job['id']}").json()["error"], within_s=10)
        assert "cannot be stored" in client.get(f"{PATH}/{job['id']}").json()["error"]["message"]
        assert any("jobs: their audio cannot be stored" in one for one in client.get("/health").json()["degraded"])
        (tmp_path / "jobs").unlink()
        assert until(client, job)["state"] == "completed"
        assert client.get("/health").json()["status"] == "healthy"


def test_live_request_does_not_wait_for_a_job_and_the_job_goes_on(tiny, tmp_path):
    """With one slot, a job gives it to each live request."""
    engine = FakeEngine(tiny.vocabulary, delay_s=0.01)
    with speaking(tiny, tmp_path, engine, max_running=1, chunks_at_once=1) as (served, client):
        job = submit(client)
        served.until(lambda: served.metric("jobs_running") == 1 and engine.unfinished, within_s=10)
        for _ in range(3):
            assert served.generate(stream=True).status_code == 200
        assert served.metric("queue_seconds_sum") < 0.1, "no live request waited for the job's slot"
        engine.delay_s = 0
        assert until(client, job)["state"] == "completed"


def test_job_pauses_while_all_slots_speak(tiny, tmp_path):
    engine = FakeEngine(tiny.vocabulary, delay_s=0.02)
    with speaking(tiny, tmp_path, engine, max_running=1, chunks_at_once=1) as (served, client):
        with client.stream(
            "POST", "/v1/tts/generate", json={"text": TEXT, "speaker": "lipakshi", "stream": True}
        ) as live:
            blocks = live.iter_bytes()
            next(blocks)
            job = submit(client)
            until(client, job, "running")
            time.sleep(0.3)
            assert served.app.state.service.queue == {"running": 1, "waiting": 0}
            assert client.get(f"{PATH}/{job['id']}").json()["parts_done"] == 0
        engine.delay_s = 0
        assert until(client, job)["state"] == "completed"


@pytest.mark.slow
def test_jobs_take_turns(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "SLICE_S", 0.0)
    with speaking(tiny, tmp_path) as (_, client):
        jobs = [submit(client) for _ in range(2)]
        first = until(client, jobs[0])
        assert first["state"] == "completed"
        assert client.get(f"{PATH}/{jobs[1]['id']}").json()["parts_done"] >= first["parts"] - 1
        until(client, jobs[1])


def test_part_that_fails_is_tried_again_with_another_seed_and_then_ends_the_job(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "pause_s", lambda _: 0.0)
    engine = FakeEngine(tiny.vocabulary, length=0)  # no speech
    with speaking(tiny, tmp_path, engine) as (_, client):
        job = until(client, submit(client))
        assert job["state"] == "failed" and job["error"]["code"] == "GENERATION_FAILED" and job["size"] is None
        refused = client.get(f"{PATH}/{job['id']}/audio")
        assert refused.status_code == 409 and refused.json()["error"]["code"] == "JOB_NOT_COMPLETED"


def test_old_jobs_are_deleted_with_their_audio(tiny, tmp_path):
    with speaking(tiny, tmp_path) as (_, client):
        job = until(client, submit(client, "Hello there."))
    with speaking(tiny, tmp_path, jobs_days=1e-9) as (served, client):
        served.until(lambda: client.get(f"{PATH}/{job['id']}").status_code == 404, within_s=5)
        served.until(lambda: not (tmp_path / "jobs" / job["id"]).exists(), within_s=5)
