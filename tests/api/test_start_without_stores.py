"""A service whose database is away when it starts."""

import httpx

from services.accounts import round_trips
from services.accounts.caller import Scope
from services.accounts.keys.store import new_secret
from tests.api.keys import guarding, make_key
from tests.servers import postgres_server


def test_service_starts_degraded_without_its_database_and_serves_once_it_is_back(tiny, tmp_path, monkeypatch):
    """No crash loop: with credits too, the process is ready, refuses with 503 and finds the database by itself."""
    monkeypatch.setattr(round_trips, "MEASURE_EVERY_S", 0.2)
    with postgres_server() as server:
        url = server.fresh()
        _, secret = make_key(url, Scope.GENERATE)
        server.kill()
        with guarding(tiny, url, credits=True, records="full", records_path=tmp_path / "records.db") as guarded:
            health = f"{guarded.served.url}/health"
            assert httpx.get(f"{guarded.served.url}/ready").status_code == 200
            refused = guarded.generate(secret)
            assert refused.status_code == 503 and refused.headers["Retry-After"]
            told = httpx.get(health).json()
            assert told["status"] == "degraded" and told["stores"] == []
            assert "no connection to PostgreSQL (ConnectionRefusedError)" in told["degraded"]
            server.start()
            guarded.served.until(lambda: guarded.generate(new_secret()).status_code == 401, within_s=20)
            assert guarded.generate(secret).json()["error"]["code"] == "INSUFFICIENT_CREDITS"
            guarded.served.until(lambda: httpx.get(health).json()["stores"] != [], within_s=30)
            (store,) = httpx.get(health).json()["stores"]
            assert store["store"] == "database" and 0 < store["round_trip_ms"] < 1000
