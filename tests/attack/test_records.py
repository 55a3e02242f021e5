"""The records file is lost or damaged under load: streams go on, no charge is lost, and health reports it.

One long stream and several short requests with credits run before, during and after the attack.
"""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from api.cli.client.playback import StreamPlayback, play_stream
from api.cli.client.server import open_server
from api.cli.client.streams import over_http
from services.accounts.caller import Limits, Scope
from services.accounts.records.archive import Filter, read_archive
from tests.fake_server import fake_server
from tests.services.accounts.paying import paying_key

GRANTED_MS = 10**8
SPEAKERS = 4
BEFORE_S, AFTER_S = 1.0, 2.5
DELAY_S = 0.02  # of the engine for 80 ms of sound: the listener's stream lasts for as long as the attack
LONG = "On and on it goes, as a story does. " * 120


def delete(path: Path) -> None:
    path.unlink()


def delete_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def settle(path: Path) -> None:
    """Move the write-ahead log into the main file."""
    with closing(sqlite3.connect(path)) as stranger:
        stranger.execute("pragma wal_checkpoint(truncate)")


def garble(path: Path) -> None:
    settle(path)
    with path.open("r+b") as damaged:
        damaged.write(os.urandom(path.stat().st_size))


def truncate(path: Path) -> None:
    settle(path)
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def replace_with_noise(path: Path) -> None:
    path.with_name("noise").write_bytes(os.urandom(100_000))
    path.with_name("noise").rename(path)


def delete_log(path: Path) -> None:
    path.with_name(f"{path.name}-wal").unlink()


class Speaking:
    """Loop of short requests; keeps the ids of the complete answers."""

    def __init__(self, client: httpx.AsyncClient, secret: str) -> None:
        self._client, self._headers = client, {"X-API-Key": secret}
        self.over = False
        self.spoken: list[str] = []
        self.first_ms: list[float] = []

    async def speak(self, speaker: int) -> None:
        while not self.over:
            name = f"attack-{speaker}-{len(self.spoken)}"
            body = {"text": f"This is number {len(self.spoken)}.", "speaker": "lipakshi", "stream": True}
            answer = await self._client.post(
                "/v1/tts/generate", json=body, headers=self._headers | {"X-Request-ID": name}
            )
            assert answer.status_code == 200, answer.text
            self.spoken.append(name)
            self.first_ms.append(float(answer.headers["x-ttfb-ms"]))


async def listened(url: str, secret: str) -> StreamPlayback:
    async with open_server(url, key=secret) as server:
        return await play_stream(over_http(server, {"text": LONG, "speaker": "lipakshi", "format": "pcm"}))


@pytest.mark.parametrize("blow", [delete, delete_folder, garble, truncate, empty, replace_with_noise, delete_log])
async def test_streams_and_records_survive_an_attack_on_the_file(tiny_path, tmp_path, blow: Callable[[Path], None]):
    database_url, path = f"sqlite:///{tmp_path}/keys.db", tmp_path / "state" / "records.db"
    key_id, secret = await paying_key(
        database_url, GRANTED_MS, scopes=frozenset(Scope), limits=Limits(1_000_000, 10**9, 100)
    )
    settings = {"database_url": database_url, "auth_bypass_mode": False, "credits": True, "records": "full"}
    settings["credits_away"] = "serve"  # on a busy machine the ledger may be late
    with fake_server(tiny_path, delay_s=DELAY_S, records_path=path, **settings) as server:
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
            speaking = Speaking(client, secret)
            listening = asyncio.create_task(listened(server.url, secret))
            async with asyncio.TaskGroup() as crowd:
                for speaker in range(SPEAKERS):
                    crowd.create_task(speaking.speak(speaker))
                await asyncio.sleep(BEFORE_S)
                before = len(speaking.spoken)
                await asyncio.to_thread(blow, path)
                await asyncio.sleep(AFTER_S)
                told = (await client.get("/health")).json()
                speaking.over = True
            heard = await listening
            async with asyncio.timeout(30):
                while (await client.get("/health")).json()["records"]["pending"]:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            metrics = (await client.get("/metrics")).text
    assert heard.underruns == 0 and heard.seconds and before > 3 and len(speaking.spoken) > before + SPEAKERS
    assert told["status"] == "degraded" and any("file was" in reason for reason in told["degraded"])
    assert sum(count for line in metrics.splitlines() if (count := counted(line, "records_file_failures_total"))) >= 1
    records = {record.request_id: record for record in read_archive(path, Filter())}
    afterwards = speaking.spoken[before + SPEAKERS :]
    assert afterwards and {records[name].outcome for name in afterwards} == {"ok"}
    assert sorted(speaking.first_ms)[len(speaking.first_ms) // 2] < 500
    with closing(sqlite3.connect(tmp_path / "keys.db")) as database:
        states = database.execute("select state, count(*) from credit_entries group by state").fetchall()
        (charged,) = database.execute("select sum(charged_ms) from credit_entries where state = 'settled'").fetchone()
        (balance,) = database.execute("select balance_ms from credit_accounts where key_id = ?", (key_id,)).fetchone()
    assert dict(states) == {"granted": 1, "settled": len(speaking.spoken) + 1}, "each request is charged once"
    assert balance == GRANTED_MS - charged


def counted(line: str, name: str) -> float:
    return float(line.rpartition(" ")[2]) if line.startswith(f"veena3_tts_{name}{{") else 0.0
