"""One key takes what it can: other keys are served, and what it takes is counted and paid as what it becomes."""

import asyncio
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect as blocking_connect

from services.accounts.caller import Scope
from services.accounts.credits.ledger import Ledger
from services.accounts.database import open_database
from services.accounts.records.archive import Filter, read_archive
from tests.api.client import Client
from tests.api.keys import BODY, Guarded, guarding, make_key
from tests.fakes import FakeEngine

SLOTS = 4
SENTENCE = {"type": "text", "text": "Hello there. And then ", "speaker": "lipakshi", "format": "pcm"}


@pytest.fixture(autouse=True)
def unhurried_stores(monkeypatch):
    monkeypatch.setenv("STORE_DEADLINE_S", "60")  # the machine's speed is not tested here


def test_contexts_that_await_text_hold_no_slot(tiny, tmp_path):
    """32 contexts of one key have spoken a sentence and stay open: all slots are free, and more text is spoken."""
    url = f"sqlite:///{tmp_path}/keys.db"
    with guarding(tiny, url, max_running=SLOTS, max_waiting=64, key_streams=40) as guarded:
        greedy, other = guarded.key(), guarded.key()

        async def attack() -> None:
            async with AsyncExitStack() as stack:
                clients = []
                for _ in range(2):
                    address = f"ws://127.0.0.1:{guarded.served.port}/v1/tts/ws?api_key={greedy}"
                    clients.append(Client(await stack.enter_async_context(connect(address))))
                for client in clients:
                    for number in range(16):
                        await client.send(**SENTENCE, context_id=f"c{number}")
                    for _ in range(16):
                        await client.until("start")
                begun = time.perf_counter()
                while (await asyncio.to_thread(queue, guarded))["running"]:
                    assert time.perf_counter() - begun < 5, "idle contexts hold slots"
                    await asyncio.sleep(0.02)
                answer = await asyncio.to_thread(guarded.generate, other)
                assert answer.status_code == 200
                await clients[1].send(type="text", text="here is more. So we ", context_id="c7")
                assert (await clients[1].until("chunk", "c7"))["index"] == 0  # told once the next one is heard

        asyncio.run(attack())


def queue(guarded: Guarded) -> dict[str, int]:
    return guarded.ask("GET", "/health").json()["queue"]


def test_one_key_cannot_take_every_slot_by_default(tiny, tmp_path):
    with guarding(tiny, f"sqlite:///{tmp_path}/keys.db") as guarded:
        settings = guarded.served.app.state.service.settings
        assert settings.key_streams < settings.max_running


def balance_after(guarded: Guarded, key_id: str, requests: int) -> int:
    """Return the balance once so many requests are settled."""

    async def settled() -> tuple[int, int]:
        async with open_database(guarded.database_url) as database:
            rows = await database.fetch("SELECT count(*) AS n FROM credit_entries WHERE state = 'settled'")
            return rows[0]["n"], await Ledger(database).balance_ms(key_id)

    guarded.served.until(lambda: asyncio.run(settled())[0] == requests, within_s=20)
    return asyncio.run(settled())[1]


AMPLIFIED = {
    "lexicon": {"text": "a " * 100, "lexicon": {"a": "alpha " * 5}},
    "digits": {"text": "1234567890" * 15},
    "powers": {"text": "2⁴" * 75},
    "slow": {"text": "Hello there. " * 12, "speed": 0.25},
}


@pytest.mark.parametrize("body", AMPLIFIED.values(), ids=AMPLIFIED)
@pytest.mark.parametrize("granted_s", [20, 40])
def test_credits_end_the_sound_that_a_text_is_amplified_to(tiny, tmp_path, body, granted_s):
    """No request is sent more speech than the key has; what was sent is charged, to the millisecond."""
    url = f"sqlite:///{tmp_path}/keys.db"
    records = {"records": "full", "records_path": tmp_path / "records.db", "credits": True}
    with guarding(tiny, url, **records) as guarded:
        key, secret = make_key(url, Scope.GENERATE)

        async def grant() -> None:
            async with open_database(url) as database:
                await Ledger(database).grant("g", key.id, amount_ms=granted_s * 1000)

        asyncio.run(grant())
        ask = BODY | body | {"stream": True, "format": "pcm"}
        sent = 0
        headers = {"Authorization": f"Bearer {secret}"}
        with httpx.stream("POST", f"{guarded.served.url}/v1/tts/generate", json=ask, headers=headers) as answer:
            if answer.status_code == 403:  # even the estimate of the written text is above the balance
                assert json.loads(answer.read())["error"]["code"] == "INSUFFICIENT_CREDITS"
                return
            assert answer.status_code == 200
            try:
                for piece in answer.iter_raw():
                    sent += len(piece)
            except httpx.RemoteProtocolError:
                pass  # the credits ended: the body's end is missing
        sent_ms = sent / 2 / 16
        assert 0 < sent_ms <= granted_s * 1000
        left_ms = balance_after(guarded, key.id, 1)
        assert abs(granted_s * 1000 - left_ms - sent_ms) <= 1_500  # made, and not yet sent when it broke off
        assert left_ms >= 0


async def has_place(address: str) -> bool:
    async with connect(address) as socket:
        await socket.send(json.dumps({"type": "ping"}))
        return json.loads(await socket.recv())["type"] == "pong"


def test_sockets_of_one_key_are_limited(tiny, tmp_path):
    with guarding(tiny, f"sqlite:///{tmp_path}/keys.db", key_sockets=3) as guarded:
        greedy, other = guarded.key(), guarded.key()

        async def attack() -> None:
            address = f"ws://127.0.0.1:{guarded.served.port}/v1/tts/ws?api_key="
            async with AsyncExitStack() as stack:
                held = [await stack.enter_async_context(connect(address + greedy)) for _ in range(3)]
                refused = await stack.enter_async_context(connect(address + greedy))
                assert json.loads(await refused.recv())["error"]["code"] == "CONCURRENCY_LIMIT_EXCEEDED"
                await refused.wait_closed()
                assert refused.close_code == 1008
                client = Client(await stack.enter_async_context(connect(address + other)))
                await client.send(type="ping")
                await client.until("pong")
                await held[0].close()
                async with asyncio.timeout(5):  # the client knows of the end before the session has ended
                    while not await has_place(address + greedy):  # noqa: ASYNC110 - it tells of no event
                        await asyncio.sleep(0.05)

        asyncio.run(attack())


def test_revoked_key_speaks_no_more_on_an_open_socket(tiny, tmp_path):
    with guarding(tiny, f"sqlite:///{tmp_path}/keys.db", key_cache_ttl_s=0) as guarded:
        admin = guarded.key(Scope.ADMIN)
        key, secret = make_key(guarded.database_url, Scope.GENERATE)

        async def attack() -> None:
            async with connect(f"ws://127.0.0.1:{guarded.served.port}/v1/tts/ws?api_key={secret}") as socket:
                client = Client(socket)
                await client.send(type="speak", text="Hello there.", speaker="lipakshi", format="pcm")
                await client.until("end")
                revoked = await asyncio.to_thread(guarded.ask, "DELETE", f"/v1/keys/{key.id}", admin)
                assert revoked.status_code == 200
                await client.send(type="speak", text="Hello again.", speaker="lipakshi", format="pcm")
                assert (await client.until("error"))["error"]["code"] == "INVALID_API_KEY"
                assert await client.closed_with() == 1008

        asyncio.run(attack())


def test_speech_that_the_service_breaks_off_is_free(tiny, tmp_path):
    """A stream and a socket that still speak when the drain ends: `interrupted`, and charged nothing."""
    url, path = f"sqlite:///{tmp_path}/keys.db", tmp_path / "records.db"
    key, secret = make_key(url, Scope.GENERATE)

    async def balance() -> int:
        async with open_database(url) as database:
            return await Ledger(database).balance_ms(key.id)

    async def grant() -> None:
        async with open_database(url) as database:
            await Ledger(database).grant("g", key.id, amount_ms=10**7)

    asyncio.run(grant())
    engine = FakeEngine(tiny.vocabulary, delay_s=0.05, forever=True)
    started = threading.Barrier(3)

    def stream(port: int) -> None:
        ask = BODY | {"stream": True, "format": "pcm", "max_tokens": 4096}
        headers = {"Authorization": f"Bearer {secret}"}
        url = f"http://127.0.0.1:{port}/v1/tts/generate"
        with suppress(httpx.HTTPError), httpx.stream("POST", url, json=ask, headers=headers) as answer:
            for number, _ in enumerate(answer.iter_raw()):
                if number == 1:
                    started.wait(30)

    def talk(port: int) -> None:
        with (
            suppress(ConnectionClosed),
            blocking_connect(f"ws://127.0.0.1:{port}/v1/tts/ws?api_key={secret}") as socket,
        ):
            socket.send(json.dumps({"type": "speak", "text": "Hello.", "speaker": "lipakshi", "max_tokens": 4096}))
            while not isinstance(socket.recv(), bytes):
                pass
            started.wait(30)
            while True:
                socket.recv()

    records = {"records": "full", "records_path": path, "credits": True}
    with ThreadPoolExecutor(2) as clients, guarding(tiny, url, engine, **records) as guarded:
        for client in (stream, talk):
            clients.submit(client, guarded.served.port)
        started.wait(30)
    assert [record.outcome for record in read_archive(path, Filter())] == ["interrupted", "interrupted"]
    assert asyncio.run(balance()) == 10**7
