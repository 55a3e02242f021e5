"""A process dies by SIGKILL; others take over its records and holds in the database, within the stated time."""

import asyncio
import signal
import time
from contextlib import ExitStack

import asyncpg
import httpx
import pytest

from services.accounts.records.database_store import REFRESHES
from tests.fake_server import FakeServer, fake_server
from tests.services.accounts.paying import paying_key

TAKEOVER_S = 6.0
SLACK_S = 4.0
"""Seconds for a check of the outbox, a delivery, and two busy cores."""
GRANTED_MS = 10**9
SPEECH = {"speaker": "lipakshi", "format": "pcm", "seed": 3, "stream": True}
SENTENCE = "This sentence is one of many, and it takes the engine almost a second. "
SHORT, LONGER, LONG = "Hello there.", SENTENCE * 80, SENTENCE * 240
"""Texts that the fake engine speaks in 1 s, in longer than TAKEOVER_S, and in much longer than this test takes."""


class Clients:
    """Clients of one key; each raises `heard` once it has received audio."""

    def __init__(self, client: httpx.AsyncClient, secret: str) -> None:
        self._client, self._headers = client, {"X-API-Key": secret}

    async def stream(self, server: FakeServer, text: str, heard: asyncio.Semaphore | None = None) -> str:
        """Return `whole` or `broken`."""
        body, url = SPEECH | {"text": text}, f"{server.url}/v1/tts/generate"
        try:
            async with self._client.stream("POST", url, json=body, headers=self._headers) as answer:
                assert answer.status_code == 200
                async for _ in answer.aiter_raw():
                    if heard:
                        heard.release()
                        heard = None
        except httpx.HTTPError:
            return "broken"
        return "whole"


@pytest.mark.slow
async def test_killed_process_is_taken_over_within_the_stated_time(tiny_path, postgres):
    url = postgres.fresh()
    _, secret = await paying_key(url, GRANTED_MS)
    settings = {
        **{"database_url": url, "auth_bypass_mode": False, "credits": True, "store_deadline_s": 10},
        **{"records": "full", "records_store": "database", "records_takeover_s": TAKEOVER_S, "max_running": 32},
    }
    with ExitStack() as stack:
        doomed, *others = (stack.enter_context(fake_server(tiny_path, delay_s=0.05, **settings)) for _ in range(3))
        connection = await asyncpg.connect(url)
        stack.callback(connection.terminate)
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(timeout=120, limits=limits) as client, asyncio.TaskGroup() as group:
            clients, heard = Clients(client, secret), asyncio.Semaphore(0)
            living = [group.create_task(clients.stream(server, LONGER, heard)) for server in others]
            dying = [group.create_task(clients.stream(doomed, LONG, heard)) for _ in range(6)]
            for _ in (*living, *dying):
                await heard.acquire()
            whole = await asyncio.gather(*(clients.stream(doomed, SHORT) for _ in range(5)))
            doomed.process.send_signal(signal.SIGKILL)
            killed_at = time.monotonic()
            assert whole == ["whole"] * 5 and await asyncio.gather(*dying) == ["broken"] * 6
            assert await states(connection) == {"running": 8, "ok": 5}
            assert await held_ms(connection) > 0

            while (await states(connection)).get("interrupted", 0) < 6 or await unsettled(connection) > len(living):
                assert time.monotonic() - killed_at < TAKEOVER_S * (1 + 1 / REFRESHES) + SLACK_S
                await asyncio.sleep(0.1)
            assert time.monotonic() - killed_at > TAKEOVER_S * (1 - 1 / REFRESHES)
            assert not any(task.done() for task in living)
            assert await states(connection) == {"running": 2, "ok": 5, "interrupted": 6}
            assert await asyncio.gather(*living) == ["whole"] * 2
        async with asyncio.timeout(10):
            while await unsettled(connection):  # noqa: ASYNC110 - another process has no event
                await asyncio.sleep(0.05)
        assert await states(connection) == {"ok": 7, "interrupted": 6}
        spoken = await connection.fetch("SELECT id, outcome, audio_s FROM request_records")
        due = {one["id"]: round(one["audio_s"] * 1000) if one["outcome"] == "ok" else 0 for one in spoken}
        entries = await connection.fetch(
            "SELECT id, state, held_ms, charged_ms FROM credit_entries WHERE state <> 'granted'"
        )
        assert {one["id"]: one["charged_ms"] for one in entries} == due and sum(due.values()) > 0
        assert {(one["state"], one["held_ms"]) for one in entries} == {("settled", 0)}
        balance = await connection.fetchval("SELECT balance_ms FROM credit_accounts")
        assert balance == GRANTED_MS - sum(due.values())


async def states(connection: asyncpg.Connection) -> dict[str, int]:
    rows = await connection.fetch("SELECT outcome, count(*) AS n FROM request_records GROUP BY outcome")
    return {row["outcome"]: row["n"] for row in rows}


async def unsettled(connection: asyncpg.Connection) -> int:
    return await connection.fetchval("SELECT count(*) FROM request_records WHERE owes_credits = 1")


async def held_ms(connection: asyncpg.Connection) -> int:
    return await connection.fetchval("SELECT coalesce(sum(held_ms), 0) FROM credit_entries WHERE state = 'held'")
