"""Hostile uploads over HTTP: each is a clear 4xx, memory stays flat, and a stream beside them has no gap."""

import itertools
import threading
import time

import httpx
import psutil
import pytest

from tests.audio.uploads.hostile import hostile_uploads

FILE_NAMES = ("a.wav", "../../etc/passwd", "a\\..\\b.wav", "x" * 4000, "a\u202ewav.exe", "%00.wav", "con", ".")


@pytest.mark.slow
def test_sixty_hostile_uploads_are_refused_while_another_client_listens(voices):
    uploads, process = hostile_uploads(), psutil.Process()
    voices.served.engine.length, voices.served.engine.delay_s = 6_000, 0.02  # 2 minutes of speech in 30 s
    gaps, stop = [], threading.Event()

    def listen() -> None:
        body = {"text": "Hello there.", "speaker": "lipakshi", "stream": True, "format": "pcm"}
        with voices.speaker.stream("POST", "/v1/tts/generate", json=body) as answer:
            last = None
            for _ in answer.iter_bytes():
                now = time.perf_counter()
                if last is not None:
                    gaps.append(now - last)
                last = now
                if stop.is_set():
                    return

    listener = threading.Thread(target=listen)
    listener.start()
    before = None
    for (name, data), file_name in zip(uploads.items(), itertools.cycle(FILE_NAMES), strict=False):
        answer = voices.mine.post(
            "/v1/voices", data={"name": "Hostile", "consent": "true"}, files={"audio": (file_name, data)}
        )
        assert 400 <= answer.status_code < 500, (name, answer.text)
        error = answer.json()["error"]
        assert error["message"] and "Traceback" not in answer.text and "/" not in error["message"], name
        before = before or process.memory_info().rss
    stop.set()
    listener.join()
    voices.served.engine.length, voices.served.engine.delay_s = 60, 0.0
    grown = process.memory_info().rss - before
    assert grown < 100 * 2**20, f"memory grew by {grown >> 20} MiB"
    assert httpx.get(f"{voices.served.url}/live").status_code == 200
    assert voices.mine.get("/v1/voices").json()["voices"][-1]["name"] != "Hostile"
    assert len(gaps) > 20 and max(gaps) < 2, max(gaps)
