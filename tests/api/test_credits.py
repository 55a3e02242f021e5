"""Credits of keys, over HTTP and WebSocket. The ledger has its own tests in tests/services/accounts."""

import asyncio
import json
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from services.accounts.caller import Limits, Scope
from services.accounts.credits.ledger import Ledger
from services.accounts.database import open_database
from services.accounts.keys.store import KeyStore
from shared.config import Settings
from shared.types import Finish
from tests.api.conftest import Served, serving
from tests.fakes import FakeEngine


@pytest.fixture(autouse=True)
def patient_stores(monkeypatch):
    """Give the stores a minute: these tests check charges, not the speed of the machine."""
    monkeypatch.setenv("STORE_DEADLINE_S", "60")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/veena3.db"


@dataclass
class Payer:
    """A key with credits, and its server."""

    served: Served
    url: str
    key_id: str
    secret: str

    def generate(self, **body: object) -> httpx.Response:
        body = {"text": "Hello there.", "speaker": "lipakshi"} | body
        return httpx.post(f"{self.served.url}/v1/tts/generate", json=body, headers={"X-API-Key": self.secret})

    @property
    def socket(self) -> str:
        return f"ws://127.0.0.1:{self.served.port}/v1/tts/ws?api_key={self.secret}"

    def balance_s(self, *, requests: int = 1) -> float:
        """Return the balance after this many requests are settled."""
        self.served.until(lambda: self.served.metric("outbox_delivered_total") == requests, within_s=10)
        return on_database(self.url, lambda database: Ledger(database).balance_ms(self.key_id)) / 1000


def on_database(url: str, ask):
    async def asked():
        async with open_database(url) as database:
            return await ask(database)

    return asyncio.run(asked())


@contextmanager
def paying(tiny, url: str, tmp_path: Path, *, has_s: float):
    async def prepare(database):
        key, secret = await KeyStore(database).create(
            "payer", scopes=frozenset({Scope.GENERATE}), limits=Limits(), expires_at=None
        )
        await Ledger(database).grant("first", key.id, amount_ms=round(has_s * 1000))
        return key.id, secret

    settings = Settings(
        **{"window_first": 4, "window_lookahead": 3, "records": "full", "records_path": tmp_path / "records.db"},
        **{"database_url": url, "auth_bypass_mode": False, "credits": True},
    )
    key_id, secret = on_database(url, prepare)
    with serving(tiny, FakeEngine(tiny.vocabulary), settings) as served:
        yield Payer(served, url, key_id, secret)


@pytest.mark.parametrize("stream", [False, True])
def test_spoken_seconds_are_charged(tiny, url, tmp_path, stream):
    with paying(tiny, url, tmp_path, has_s=60) as payer:
        answer = payer.generate(stream=stream, format="pcm")
        assert answer.status_code == 200
        assert payer.balance_s() == 60 - len(answer.content) / 2 / 16_000


def test_request_beyond_the_balance_is_refused_without_a_charge(tiny, url, tmp_path):
    with paying(tiny, url, tmp_path, has_s=2) as payer:
        answer = payer.generate(text="Hello there. " * 20)
        assert answer.status_code == 403 and answer.json()["error"]["code"] == "INSUFFICIENT_CREDITS"
        assert payer.served.engine.started == 0 and payer.balance_s() == 2
        assert payer.generate(text="Hi.").status_code == 200


def test_failed_request_is_not_charged(tiny, url, tmp_path):
    with paying(tiny, url, tmp_path, has_s=60) as payer:
        payer.served.engine.finish = Finish.LENGTH
        assert payer.generate().status_code == 500
        assert payer.balance_s() == 60


@pytest.mark.parametrize("stream", [False, True])
def test_client_that_leaves_is_charged_for_the_audio_sent(tiny, url, tmp_path, stream):
    with paying(tiny, url, tmp_path, has_s=600) as payer:
        served = payer.served
        served.engine.forever, served.engine.delay_s = True, 0.002
        body = {"text": "On and on.", "speaker": "lipakshi", "stream": stream}
        asked = httpx.stream(
            "POST", f"{served.url}/v1/tts/generate", json=body, headers={"X-API-Key": payer.secret}, timeout=1
        )
        with suppress(httpx.ReadTimeout), asked as answer:  # a whole file never comes
            next(answer.iter_bytes(64_000))
        served.until(lambda: not served.engine.unfinished)
        left_s = payer.balance_s()
        assert 590 < left_s <= 598 if stream else left_s == 600


def test_later_text_is_charged_when_it_arrives(tiny, url, tmp_path):
    """The balance covers the first sentence, which is spoken; the text after it is refused."""
    more = "so it goes on, far beyond what can be paid for with what is left. And on."

    def say(socket, text: str) -> None:
        socket.send(json.dumps({"type": "text", "context_id": "c", "speaker": "lipakshi", "text": text}))

    with paying(tiny, url, tmp_path, has_s=8) as payer, connect(payer.socket) as socket:
        say(socket, "A first sentence. And ")
        while isinstance(socket.recv(timeout=10), str):
            pass
        say(socket, more)
        told = {}
        while told.get("type") not in {"end", "error"}:
            message = socket.recv(timeout=10)
            told = json.loads(message) if isinstance(message, str) else told
        assert told["type"] == "error" and told["error"]["code"] == "INSUFFICIENT_CREDITS"
        assert 6 < payer.balance_s() < 8  # the audio that was sent is charged
    states = on_database(url, lambda database: database.fetch("SELECT state FROM credit_entries"))
    assert sorted(row["state"] for row in states) == ["granted", "settled"]
