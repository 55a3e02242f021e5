"""Credits of jobs: each part is charged once, whatever happens to the job."""

import asyncio
from pathlib import Path

import httpx
import pytest

from services.accounts.caller import Scope
from services.accounts.credits.ledger import Ledger
from services.accounts.database import open_database
from services.jobs import worker
from tests.api.jobs import PATH, submit, until
from tests.api.keys import guarding, make_key
from tests.fakes import FakeEngine


@pytest.fixture(autouse=True)
def patient_stores(monkeypatch):
    """Give the stores a minute, because these tests check charges, not the speed of the machine; ask often for jobs."""
    monkeypatch.setenv("STORE_DEADLINE_S", "60")
    monkeypatch.setattr(worker, "POLL_S", 0.05)


class Payer:
    """A key with credits, and a server that speaks its jobs."""

    def __init__(self, folder: Path, *, has_s: float) -> None:
        self.database_url, self.folder = f"sqlite:///{folder}/keys.db", folder
        key, self.secret = make_key(self.database_url, Scope.GENERATE)
        self.key_id = key.id
        self.grant("first", has_s)

    def grant(self, id: str, seconds: float) -> None:
        self._ask(lambda ledger: ledger.grant(id, self.key_id, amount_ms=round(seconds * 1000)))

    def balance_s(self) -> float:
        return self._ask(lambda ledger: ledger.balance_ms(self.key_id)) / 1000

    def entries(self) -> list[tuple[str, int]]:
        """Return state and charge of each part."""
        query = "SELECT state, charged_ms FROM credit_entries WHERE state <> 'granted'"

        async def read() -> list[tuple[str, int]]:
            async with open_database(self.database_url) as database:
                return [(row["state"], row["charged_ms"]) for row in await database.fetch(query)]

        return asyncio.run(read())

    def serving(self, tiny, engine: FakeEngine | None = None):
        records = {"records": "full", "records_path": self.folder / "records.db"}
        return guarding(tiny, self.database_url, engine, credits=True, jobs_path=self.folder / "jobs", **records)

    def client(self, guarded) -> httpx.Client:
        return httpx.Client(base_url=guarded.served.url, headers={"X-API-Key": self.secret}, timeout=60)

    def _ask(self, question):
        async def asked():
            async with open_database(self.database_url) as database:
                return await question(Ledger(database))

        return asyncio.run(asked())


def test_job_costs_its_parts_though_its_process_stopped_in_the_middle(tiny, tmp_path):
    payer = Payer(tmp_path, has_s=10_000)
    engine = FakeEngine(tiny.vocabulary, delay_s=0.01)
    with payer.serving(tiny, engine) as guarded, payer.client(guarded) as client:
        job = submit(client)
        guarded.served.until(lambda: client.get(f"{PATH}/{job['id']}").json()["parts_done"] >= 2, within_s=20)
    with payer.serving(tiny) as guarded, payer.client(guarded) as client:
        done = until(client, job)
        assert done["state"] == "completed" and done["started_at"] is not None
        assert payer.balance_s() == pytest.approx(10_000 - done["audio_seconds"], abs=1e-6)


def test_job_waits_without_credits_and_goes_on_with_new_ones(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "CREDITS_AGAIN_S", 0.1)
    payer = Payer(tmp_path, has_s=250)  # covers a hold of one part, of 1,500 characters
    with payer.serving(tiny) as guarded, payer.client(guarded) as client:
        job = submit(client, "This is one sentence of a text that is rather long. " * 300)
        waiting = until(client, job, "queued")
        while waiting["error"] is None:
            waiting = until(client, job, "queued")
        assert waiting["error"]["code"] == "INSUFFICIENT_CREDITS" and 0 < waiting["parts_done"] < waiting["parts"]
        assert payer.balance_s() == pytest.approx(250 - waiting["audio_seconds"], abs=1e-6)
        payer.grant("second", 10_000)
        done = until(client, job)
        assert done["state"] == "completed" and done["error"] is None
        assert payer.balance_s() == pytest.approx(10_250 - done["audio_seconds"], abs=1e-6)


@pytest.mark.slow
def test_deleted_job_costs_what_was_spoken_and_holds_nothing(tiny, tmp_path):
    payer = Payer(tmp_path, has_s=10_000)
    with payer.serving(tiny, FakeEngine(tiny.vocabulary, delay_s=0.02)) as guarded, payer.client(guarded) as client:
        job = submit(client)
        while not (now := client.get(f"{PATH}/{job['id']}").json())["parts_done"]:
            pass
        assert client.delete(f"{PATH}/{job['id']}").status_code == 204
        guarded.served.until(lambda: guarded.served.engine.unfinished == 0, within_s=5)
        guarded.served.until(lambda: not (tmp_path / "jobs" / job["id"]).exists(), within_s=5)
        states = payer.entries()
        assert {state for state, _ in states} <= {"settled"} and len(states) - now["parts_done"] in (0, 1, 2)
        assert payer.balance_s() == pytest.approx(10_000 - sum(charged for _, charged in states) / 1000)


@pytest.mark.slow
def test_revoked_key_ends_its_jobs(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "SLICE_S", 0.0)
    payer = Payer(tmp_path, has_s=10_000)
    admin = make_key(payer.database_url, Scope.ADMIN)[1]
    with payer.serving(tiny, FakeEngine(tiny.vocabulary, delay_s=0.02)) as guarded, payer.client(guarded) as client:
        job = submit(client)
        until(client, job, "running")
        assert guarded.ask("DELETE", f"/v1/keys/{payer.key_id}", admin).status_code < 300
        guarded.served.until(lambda: guarded.served.metric("jobs_ended_total", state="failed") == 1, within_s=10)
        assert client.get(f"{PATH}/{job['id']}").status_code == 401
