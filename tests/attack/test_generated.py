"""Thousands of requests made at random, beside a listener: documented answers only, the engine lives, no gap."""

import asyncio
import json
from collections import Counter

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.attack.bystanders import LISTENER
from tests.attack.process import Server, server
from tests.attack.requests import messages, request
from tests.attack.target import DOCUMENTED
from tests.listener import listening

AT_ONCE = 16
TIMES = 3  # attacks with a silence before the test fails; on a slow machine one in three has .05 to .08 s (measured)


async def send(client: httpx.AsyncClient, number: int, model: str, answers: Counter[str]) -> None:
    method, path, headers, body = request(number, model)
    try:
        answer = await client.request(method, path, headers=headers, content=body)
    except httpx.RemoteProtocolError:  # a stream that failed has no end
        answers["broken off"] += 1
        return
    answers[str(answer.status_code // 100)] += 1
    if answer.status_code >= 500:
        error = json.loads(answer.content)["error"]
        assert error["code"].upper() in DOCUMENTED, (number, answer.text)


async def talk(url: str, number: int, answers: Counter[str]) -> None:
    try:
        async with connect(f"{url.replace('http', 'ws', 1)}/v1/tts/ws", open_timeout=30) as socket:
            for message in messages(number):
                await socket.send(message)
            async with asyncio.timeout(0.5):
                while True:
                    event = await socket.recv()
                    assert isinstance(event, bytes) or "INTERNAL_ERROR" not in event, (number, event)
    except (TimeoutError, WebSocketException):
        answers["sockets"] += 1


async def attack(one: Server, numbers: range, model: str) -> Counter[str]:
    answers: Counter[str] = Counter()
    left = iter(numbers)

    async def client() -> None:
        async with httpx.AsyncClient(base_url=one.url, timeout=60) as http:
            for number in left:
                await (talk(one.url, number, answers) if number % 20 == 0 else send(http, number, model, answers))

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(client())
    return answers


CASES = [
    pytest.param("fake", 1_500, id="fake"),
    pytest.param("transformers", 100, id="transformers"),
    pytest.param("fake", 90_000, id="fake-long", marks=pytest.mark.attack),
    pytest.param("transformers", 6_000, id="transformers-long", marks=pytest.mark.attack),
    pytest.param("vllm", 4_000, id="vllm-long", marks=pytest.mark.attack),
]


@pytest.mark.parametrize(("engine", "count"), CASES)
def test_generated_requests_harm_no_listener(tmp_path, capsys, engine, count):
    with server(tmp_path, engine=engine) as one, httpx.Client() as client:
        one.speak(client)
        before = one.memory_mb()
        model = client.get(f"{one.url}/v1/models").json()["data"][0]["id"]
        for _ in range(TIMES):
            with listening(one.url, LISTENER) as heard:
                answers = asyncio.run(attack(one, range(1, count + 1), model))
            with capsys.disabled():
                print(f"\n{engine}: {dict(answers)}; {heard}; memory {before:.0f} -> {one.memory_mb():.0f} MB")  # noqa: T201
            if heard.silent_s < 0.05:
                break
        assert sum(answers.values()) == count
        assert answers["2"] > 0.2 * count and answers["4"] > 0.2 * count  # both kinds were made
        one.speak(client)
        assert client.get(f"{one.url}/health").json()["status"] == "healthy"
        assert heard.streams and heard.silent_s < 0.05
