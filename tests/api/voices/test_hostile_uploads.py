"""Hostile uploads over HTTP: each is a clear 4xx, memory stays flat, and a stream beside them has no gap."""

import itertools
import time

import httpx
import psutil
import pytest

from tests.attack.bystanders import MEMORY_MB, SILENT_S
from tests.audio.uploads.hostile import hostile_uploads
from tests.fake_server import fake_server
from tests.listener import listening

FILE_NAMES = ("a.wav", "../../etc/passwd", "a\\..\\b.wav", "x" * 4000, "a\u202ewav.exe", "%00.wav", "con", ".")
HELD_S = 0.04
"""CPU seconds that may pass between two rounds of the event loop: as beside hostile texts."""
LISTENER = {"text": "On and on it goes, and it is heard.", "speaker": "lipakshi", "stream": True, "format": "pcm"}


@pytest.mark.slow
def test_sixty_hostile_uploads_are_refused_while_another_client_listens(cloning, capsys):
    uploads = hostile_uploads()
    assert len(uploads) >= 60
    with fake_server(cloning.root, delay_s=0.01) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        process = psutil.Process(server.process.pid)
        before = None
        with listening(server.url, LISTENER) as heard:
            client.get("/held")
            for (name, data), file_name in zip(uploads.items(), itertools.cycle(FILE_NAMES), strict=False):
                form = {"name": "Hostile", "consent": "true"}
                answer = client.post("/v1/voices", data=form, files={"audio": (file_name, data)})
                assert 400 <= answer.status_code < 500, (name, answer.text)
                error = answer.json()["error"]
                assert error["message"] and "Traceback" not in answer.text and "/" not in error["message"], name
                before = before or process.memory_info().rss
            held_s = float(client.get("/held").text)
        until = time.monotonic() + 5  # the service returns memory to the system once no request runs
        while (grown_mb := (process.memory_info().rss - before) / 1e6) > MEMORY_MB / 5 and time.monotonic() < until:
            time.sleep(0.2)
        with capsys.disabled():
            print(f"\n{heard}, event loop held for {1000 * held_s:.0f} ms of CPU, memory {grown_mb:+.0f} MB")  # noqa: T201
        assert grown_mb < MEMORY_MB
        assert client.get("/live").status_code == 200
        assert "Hostile" not in client.get("/v1/voices").text
        assert held_s < HELD_S
        assert heard.streams and heard.silent_s < SILENT_S, heard
