"""Webhooks of jobs, received by a server of this machine that the settings allow."""

import base64
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from services.jobs import webhooks
from services.jobs.webhooks import Signer
from tests.api.jobs import PATH, speaking, submit, until

SECRET = "0123456789abcdef"


class Receiver(HTTPServer):
    """Server that keeps what it receives and answers with `statuses`, then with 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 204)
        self.send_header("location", f"http://{self.server.host}/elsewhere")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serving_receiver() as server:
        yield server


@contextmanager
def serving_receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(webhooks, "POLL_S", 0.02)
    monkeypatch.setattr(webhooks, "PAUSES_S", (0.02, 0.02, 0.02))


def is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Verify a message as the specification of Standard Webhooks says."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, "sha256").digest()).decode()
    return headers["webhook-signature"] == f"v1,{expected}"


def test_end_of_a_job_is_told_signed_until_it_is_taken(tiny, tmp_path, receiver):
    receiver.statuses = [500, 302]
    with speaking(tiny, tmp_path, webhook_secret=SECRET, webhook_hosts=(receiver.host,)) as (
        served,
        client,
    ):
        job = submit(client, "Hello there.", webhook_url=f"http://{receiver.host}/hook")
        assert job["webhook_secret"].startswith("whsec_")
        until(client, job)
        served.until(lambda: client.get(f"{PATH}/{job['id']}").json()["webhook_state"] == "delivered", within_s=10)
        assert served.metric("webhooks_total", outcome="failed") == 2
        refused = client.post(PATH, json={"text": "a", "speaker": "lipakshi", "webhook_url": "http://10.0.0.1/"})
        assert refused.status_code == 400 and refused.json()["error"]["details"] == {"field": "webhook_url"}
        done = client.get(f"{PATH}/{job['id']}").json()
        assert "webhook_secret" not in done
    assert len(receiver.received) == 3, "no redirect is followed"
    assert {headers["webhook-id"] for headers, _ in receiver.received} == {f"msg_{job['id']}"}
    for headers, body in receiver.received:
        assert is_signed(job["webhook_secret"], headers, body)
        assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
        event = json.loads(body)
        assert event["type"] == "tts.job.completed"
        assert event["data"] == {key: done[key] for key in ("id", "state", "audio_seconds", "size", "error")}


@pytest.mark.parametrize(("statuses", "attempts"), [([410], 1), ([500] * 9, 4)])
def test_webhook_that_nothing_takes_is_given_up(tiny, tmp_path, receiver, statuses, attempts):
    receiver.statuses = list(statuses)
    with speaking(tiny, tmp_path, webhook_secret=SECRET, webhook_hosts=(receiver.host,)) as (
        served,
        client,
    ):
        job = submit(client, "Hello there.", webhook_url=f"http://{receiver.host}/hook")
        served.until(lambda: client.get(f"{PATH}/{job['id']}").json()["webhook_state"] == "failed", within_s=10)
    assert len(receiver.received) == attempts


def test_name_with_a_private_address_is_not_reached(tiny, tmp_path, receiver):
    with speaking(tiny, tmp_path, webhook_secret=SECRET) as (served, client):
        job = submit(client, "Hello there.", webhook_url=f"https://localhost:{receiver.server_port}/")
        served.until(lambda: client.get(f"{PATH}/{job['id']}").json()["webhook_state"] == "failed", within_s=10)
    assert not receiver.received


def test_each_key_has_a_secret_of_its_own():
    signer = Signer(SECRET)
    assert signer.secret_of("one") == Signer(SECRET).secret_of("one") != signer.secret_of("two")
    assert len(base64.b64decode(signer.secret_of("one").removeprefix("whsec_"))) == 32
