"""Server and client of `/v1/tts/jobs` for tests."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from shared.config import Settings
from tests.api.conftest import Served, serving
from tests.fakes import FakeEngine

PATH = "/v1/tts/jobs"
SENTENCES = [f"This is sentence number {number} of a long book, which nobody has read so far." for number in range(120)]
TEXT = " ".join(SENTENCES)
"""A text of some parts."""


def submit(client: httpx.Client, text: str = TEXT, **body: object) -> dict[str, Any]:
    answer = client.post(PATH, json={"text": text, "speaker": "lipakshi", "format": "pcm"} | body)
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"{PATH}/{job['id']}"
    return job


def until(client: httpx.Client, job: dict[str, Any], *states: str, within_s: float = 20.0) -> dict[str, Any]:
    """Wait until a job has one of these states; return it."""
    deadline = time.monotonic() + within_s
    while True:
        now: dict[str, Any] = client.get(f"{PATH}/{job['id']}").json()
        if now["state"] in (states or ("completed", "failed")):
            return now
        assert time.monotonic() < deadline, now
        time.sleep(0.02)


@contextmanager
def speaking(
    tiny, folder: Path, engine: FakeEngine | None = None, **settings: object
) -> Iterator[tuple[Served, httpx.Client]]:
    given = {"window_first": 4, "window_lookahead": 3, "jobs_path": folder / "jobs"} | settings
    given.setdefault("database_url", f"sqlite:///{folder}/veena3.db")
    with (
        serving(tiny, engine or FakeEngine(tiny.vocabulary), Settings(**given)) as served,
        httpx.Client(base_url=served.url, timeout=30) as client,
    ):
        yield served, client
