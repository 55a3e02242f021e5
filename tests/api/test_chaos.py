"""PostgreSQL, Redis and Supabase are killed, frozen and restored, singly and together, under fifty streams."""

import asyncio
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import asyncpg
import httpx
import pytest

from services.accounts.caller import Limits, Scope
from services.accounts.credits.ledger import Ledger
from services.accounts.database import open_database
from services.accounts.keys.store import KeyStore
from tests.fake_server import fake_server
from tests.postgrest import SERVICE_KEY, Supabase, supabase_double
from tests.servers import Postgres, postgres_server

LISTENERS = 50
GRANTED_MS = 10**9
FAULT_S = 2.0
ENGINE_DELAY_S = 0.08  # as long as the audio of one engine step, so that all streams are always active
MAX_WAIT_S = 0.2  # that one request may wait for all stores together
TEXT = "This is a sentence of some length, as one is spoken. " * 4


@dataclass
class Listening:
    """Loop of requests of one key; keeps the ids of the complete answers."""

    url: str
    secret: str
    requests: list[str] = field(default_factory=list)
    over: bool = False

    async def listen(self, client: httpx.AsyncClient, listener: int) -> None:
        await asyncio.sleep(listener / LISTENERS)  # spread the first requests over a second
        while not self.over:
            assert await self.hear(client, f"chaos-{listener}-{len(self.requests)}") == 200
            await asyncio.sleep(1)

    async def hear(self, client: httpx.AsyncClient, name: str) -> int:
        """Receive one stream to its end and return its status. Raise httpx.HTTPError for a stream that breaks off."""
        body = {"text": TEXT, "speaker": "lipakshi", "stream": True, "format": "pcm"}
        headers = {"X-API-Key": self.secret, "X-Request-ID": name}
        async with client.stream("POST", f"{self.url}/v1/tts/generate", json=body, headers=headers) as answer:
            async for _ in answer.aiter_raw():
                pass
        if answer.status_code == 200:
            self.requests.append(name)
        return answer.status_code


async def _payer(url: str) -> tuple[str, str]:
    async with open_database(url) as database:
        key, secret = await KeyStore(database).create(
            "payer", scopes=frozenset({Scope.GENERATE}), limits=Limits(100_000, 10**9, 4 * LISTENERS), expires_at=None
        )
        await Ledger(database).grant("first", key.id, amount_ms=GRANTED_MS)
    return key.id, secret


async def _fetch(url: str, sql: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(sql)
    finally:
        await connection.close()


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """Start a server for this test, which kills and freezes it."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def supabase(postgres) -> Iterator[Supabase]:
    with supabase_double(postgres) as double:
        yield double


@pytest.mark.slow
async def test_streams_survive_faults_of_stores_and_records_are_complete(
    tiny_path, tmp_path, postgres, redis, supabase
):
    url = postgres.fresh()
    key_id, secret = await _payer(url)
    settings = {
        **{"database_url": url, "auth_bypass_mode": False, "credits": True, "credits_away": "serve"},
        **{"records": "full", "records_path": tmp_path / "records.db", "max_running": 2 * LISTENERS},
        **{"supabase_url": supabase.url, "supabase_key": SERVICE_KEY, "redis_url": redis.url, "key_cache_ttl_s": 0.5},
    }
    with fake_server(tiny_path, delay_s=ENGINE_DELAY_S, **settings) as server:
        heard = Listening(server.url, secret)
        stores = (postgres, redis, supabase)
        faults = [
            *(([store.stop], [store.go]) for store in stores),
            *(([store.kill], [store.start]) for store in stores),
            ([store.stop for store in stores], [store.go for store in stores]),
        ]
        async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_keepalive_connections=0)) as client:
            while await heard.hear(client, "the-first") != 200:  # noqa: ASYNC110 - until the key is in the cache
                await asyncio.sleep(0.2)
            async with asyncio.TaskGroup() as listening:
                for listener in range(LISTENERS):
                    listening.create_task(heard.listen(client, listener))
                await asyncio.sleep(2 * FAULT_S)
                for begin, end in faults:
                    for doing in begin:
                        await asyncio.to_thread(doing)
                    await asyncio.sleep(FAULT_S)
                    for doing in end:
                        await asyncio.to_thread(doing)
                    await asyncio.sleep(FAULT_S)
                heard.over = True
            async with asyncio.timeout(120):
                while (await client.get(f"{server.url}/health")).json()["records"]["pending"]:  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
            told = (await client.get(f"{server.url}/metrics")).text
            waits = (await client.get(f"{server.url}/waits")).json()
    rows = await supabase.fetch("select id, request_id, outcome, audio_s from tts_requests")
    entries = await _fetch(url, "SELECT * FROM credit_entries WHERE id <> 'first'")
    (account,) = await _fetch(url, "SELECT * FROM credit_accounts")

    assert sorted(row["request_id"] for row in rows) == sorted(heard.requests)
    assert {row["outcome"] for row in rows} == {"ok"}
    charged = {entry["id"]: entry["charged_ms"] for entry in entries}
    assert charged == {row["id"]: round(row["audio_s"] * 1000) for row in rows}
    assert {(entry["state"], entry["held_ms"], entry["key_id"]) for entry in entries} == {("settled", 0, key_id)}
    assert account["balance_ms"] == GRANTED_MS - sum(charged.values())

    for fault in ('credit_holds_total{outcome="away"}', "outbox_failures_total"):
        assert _metric(told, fault) > 0
    sys.stdout.write(f"{len(waits)} requests asked stores; {_spread(sorted(waits))}\n")
    assert max(waits) <= MAX_WAIT_S


def _metric(told: str, name: str) -> float:
    return float(re.search(rf"^veena3_tts_{re.escape(name)} (\S+)$", told, re.MULTILINE)[1])


def _spread(waited_s: list[float]) -> str:
    marks = {"half": 0.5, "95 %": 0.95, "99 %": 0.99, "all": 1.0}
    spread = (f"{name} {1000 * waited_s[int(share * (len(waited_s) - 1))]:.0f}" for name, share in marks.items())
    return f"within ms: {', '.join(spread)}; {sum(wait > MAX_WAIT_S for wait in waited_s)} over {MAX_WAIT_S * 1000:.0f}"
