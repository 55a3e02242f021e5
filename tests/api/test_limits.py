"""Rate limits over HTTP and WebSocket, and faults of Redis and PostgreSQL under streams."""

import asyncio
import json
import time
from collections import Counter
from contextlib import AsyncExitStack

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from services.accounts.caller import Scope
from services.accounts.keys.store import new_secret
from services.accounts.store_guard import PAUSE_S
from tests.api.keys import BODY, guarding, make_key
from tests.fakes import FakeEngine

STREAMS = 50  # each generated at twice its playback speed, which leaves room for more
ANSWERED_S = 3.0  # an answer that does not wait for a store, on a machine that does much else


@pytest.fixture(scope="module")
def guarded(tiny, tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('limits')}/veena3.db"
    with guarding(tiny, url, max_running=512, key_streams=400) as one:
        yield one


@pytest.fixture
def within_a_minute():
    """Wait for the next minute if it begins within 5 s: the limiter counts by minutes of the clock."""
    if (left_s := 60 - time.time() % 60) < 5:
        time.sleep(left_s)


@pytest.mark.usefixtures("within_a_minute")
@pytest.mark.parametrize(
    ("path", "more"), [("/v1/tts/generate", {}), ("/v1/tts/generate", {"stream": True}), ("/v1/tts/sse", {})]
)
def test_every_audio_answer_has_rate_headers(guarded, path, more):
    key = guarded.key(requests_per_minute=50)
    for left in ("49", "48"):
        answer = guarded.ask("POST", path, key, json=BODY | more)
        assert answer.status_code == 200
        assert answer.headers["x-ratelimit-limit"] == "50" and answer.headers["x-ratelimit-remaining"] == left
        assert 0 < int(answer.headers["x-ratelimit-reset"]) - time.time() <= 122


@pytest.mark.usefixtures("within_a_minute")
def test_request_over_the_rate_has_retry_after(guarded):
    key = guarded.key(requests_per_minute=1)
    assert guarded.generate(key).status_code == 200
    answer = guarded.generate(key)
    assert answer.status_code == 429 and answer.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert 1 <= int(answer.headers["retry-after"]) <= 121
    assert answer.headers["x-ratelimit-limit"] == "1" and answer.headers["x-ratelimit-remaining"] == "0"
    theirs = guarded.ask("POST", "/v1/audio/speech", key, json={"model": "tts-1", "input": "Hi.", "voice": "lipakshi"})
    assert theirs.status_code == 429 and theirs.json()["error"]["type"] == "rate_limit_error"
    assert theirs.headers["retry-after"]


def test_characters_are_limited_and_a_text_over_the_limit_is_400(guarded):
    key = guarded.key(characters_per_minute=100)
    assert guarded.generate(key, text="a" * 90).status_code == 200
    assert guarded.generate(key, text="a" * 90).json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    answer = guarded.generate(key, text="a" * 101)
    assert answer.status_code == 400 and answer.json()["error"]["code"] == "TEXT_TOO_LONG"


@pytest.mark.slow
async def test_exactly_a_hundred_of_three_hundred_concurrent_requests_are_served(guarded):
    key = await asyncio.to_thread(guarded.key, requests_per_minute=100)
    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=300)) as client:
        url, headers = f"{guarded.served.url}/v1/tts/generate", {"X-API-Key": key}
        answers = await asyncio.gather(*(client.post(url, json=BODY, headers=headers) for _ in range(300)))
    assert Counter(answer.status_code for answer in answers) == {200: 100, 429: 200}


def test_streams_at_once_are_limited(tiny, tmp_path):
    engine = FakeEngine(tiny.vocabulary, forever=True, delay_s=0.005)
    with guarding(tiny, f"sqlite:///{tmp_path}/veena3.db", engine) as guarded:
        key = guarded.key(streams=1)
        url, headers = f"{guarded.served.url}/v1/tts/generate", {"X-API-Key": key}
        with httpx.stream("POST", url, json=BODY | {"stream": True}, headers=headers) as first:
            assert first.status_code == 200
            answer = guarded.generate(key)
            assert answer.status_code == 429 and answer.json()["error"]["code"] == "CONCURRENCY_LIMIT_EXCEEDED"
            assert int(answer.headers["retry-after"]) >= 1
        guarded.served.until(lambda: guarded.served.app.state.service.queue["running"] == 0, within_s=5)
        with httpx.stream("POST", url, json=BODY | {"stream": True}, headers=headers) as again:
            assert again.status_code == 200


async def test_socket_over_its_rate_finishes_the_allowed_context_and_closes(guarded):
    key = await asyncio.to_thread(guarded.key, requests_per_minute=1)
    told = []
    url = f"ws://127.0.0.1:{guarded.served.port}/v1/tts/ws"
    async with connect(url, additional_headers={"X-API-Key": key}) as socket:
        for context in ("may", "may not"):
            await socket.send(json.dumps({"type": "speak", **BODY, "context_id": context}))
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                said = await asyncio.wait_for(socket.recv(), 10)
                told += [json.loads(said)] if isinstance(said, str) else []
    assert closed.value.rcvd.code == 1008
    ended = {event["context_id"]: event for event in told if event["type"] in {"end", "error"}}
    assert ended["may"]["type"] == "end" and ended["may not"]["error"]["code"] == "RATE_LIMIT_EXCEEDED"


# Chaos


async def stream(client: httpx.AsyncClient, guarded, key: str, begun: asyncio.Event) -> int:
    """Receive a stream and return its bytes; set `begun` at its first piece."""
    size = 0
    body = BODY | {"stream": True, "text": "A stream that outlives what happens beside it."}
    async with client.stream(
        "POST", f"{guarded.served.url}/v1/tts/generate", json=body, headers={"X-API-Key": key}
    ) as answer:
        assert answer.status_code == 200
        async for piece in answer.aiter_raw():
            begun.set()
            size += len(piece)
    return size


async def while_streaming(guarded, key: str, chaos) -> None:
    """Run `chaos` during STREAMS streams, and check that all of them end with the same length."""
    limits = httpx.Limits(max_connections=STREAMS + 10)
    async with httpx.AsyncClient(timeout=60, limits=limits) as client, AsyncExitStack() as after:
        begun = [asyncio.Event() for _ in range(STREAMS)]
        streams = [asyncio.create_task(stream(client, guarded, key, event)) for event in begun]
        after.callback(lambda: [task.cancel() for task in streams])
        async with asyncio.timeout(60):
            await asyncio.gather(*(event.wait() for event in begun))
        assert not any(task.done() for task in streams)
        await chaos(client)
        assert not any(task.done() for task in streams)
        guarded.served.engine.delay_s = 0
        sizes = await asyncio.gather(*streams)
    assert len(set(sizes)) == 1 and sizes[0] > 1000


async def ask(client, guarded, key) -> tuple[int, float]:
    """Request one more stream; return its status and the seconds to its first audio or its refusal."""
    begun = time.perf_counter()
    async with client.stream(
        "POST", f"{guarded.served.url}/v1/tts/generate", json=BODY | {"stream": True}, headers={"X-API-Key": key}
    ) as answer:
        return answer.status_code, time.perf_counter() - begun


def health(guarded) -> dict:
    return httpx.get(f"{guarded.served.url}/health").json()


@pytest.mark.parametrize("blow", [pytest.param("kill", marks=pytest.mark.slow), "stop"])
async def test_streams_survive_a_killed_or_frozen_redis(tiny, tmp_path, redis, blow):
    engine = FakeEngine(tiny.vocabulary, length=1200, batch=20, delay_s=0.2)
    url = f"sqlite:///{tmp_path}/veena3.db"
    with guarding(tiny, url, engine, redis_url=redis.url, max_running=512, key_streams=500) as guarded:
        key = await asyncio.to_thread(make_key, url, Scope.GENERATE)
        service = guarded.served.app.state.service

        async def chaos(client):
            getattr(redis, blow)()
            for _ in range(3):
                status, took_s = await ask(client, guarded, key[1])
                assert status == 200 and took_s < ANSWERED_S
            assert "limits are not shared: Redis is away" in (await asyncio.to_thread(health, guarded))["degraded"]
            await asyncio.to_thread(redis.start if blow == "kill" else redis.go)
            async with asyncio.timeout(30):
                while "limits are not shared: Redis is away" in service.accounts().degraded():
                    await ask(client, guarded, key[1])
                    await asyncio.sleep(PAUSE_S / 4)

        await while_streaming(guarded, key[1], chaos)


@pytest.mark.parametrize("blow", [pytest.param("kill", marks=pytest.mark.slow), "stop"])
async def test_streams_survive_a_killed_or_frozen_postgres(tiny, postgres, blow, monkeypatch):
    engine = FakeEngine(tiny.vocabulary, length=1200, batch=20, delay_s=0.2)
    url = postgres.fresh()
    with guarding(tiny, url, engine, key_cache_ttl_s=0.1, max_running=512, key_streams=500) as guarded:
        key = await asyncio.to_thread(make_key, url, Scope.GENERATE)

        async def chaos(client):
            getattr(postgres, blow)()
            try:
                for _ in range(3):
                    await asyncio.sleep(0.11)
                    status, took_s = await ask(client, guarded, key[1])
                    assert status == 200 and took_s < ANSWERED_S, "a key that was good still is"
                    status, took_s = await ask(client, guarded, new_secret())
                    assert status == 503 and took_s < ANSWERED_S
                told = await asyncio.to_thread(health, guarded)
                assert "API keys cannot be checked: the database is away" in told["degraded"]
            finally:
                await asyncio.to_thread(postgres.start if blow == "kill" else postgres.go)
            async with asyncio.timeout(30):
                while (await ask(client, guarded, new_secret()))[0] != 401:  # noqa: ASYNC110 - it has to be asked
                    await asyncio.sleep(PAUSE_S / 4)

        await while_streaming(guarded, key[1], chaos)
