"""Long texts: an early first audio, bounded memory, and parallel generation of chunks."""

import io
import time
import wave

import httpx
import numpy as np
import psutil

from shared.config import Settings
from tests.api.conftest import serving
from tests.fakes import HOP, FakeEngine

SENTENCE = "This is a sentence of a long story, and it is told without haste to whoever wants to hear it. "


def test_ten_minutes_in_one_request_start_early_in_bounded_memory(served):
    served.engine.length, served.engine.batch = 500, 50  # 10 s for each chunk
    text = SENTENCE * 130
    short_ms = min(float(served.generate(stream=True).headers["x-ttfb-ms"]) for _ in range(3))
    process, seconds, memory = psutil.Process(), 0.0, []
    body = {"text": text, "speaker": "lipakshi", "stream": True}
    with httpx.stream("POST", f"{served.url}/v1/tts/generate", json=body, timeout=60) as answer:
        ttfb_ms = float(answer.headers["x-ttfb-ms"])
        for piece in answer.iter_raw():
            seconds += len(piece) / 32_000
            memory.append(process.memory_info().rss)
    assert int(answer.headers["x-text-chunks"]) >= 60 and seconds >= 600
    assert ttfb_ms < short_ms + 150
    quarter = len(memory) // 4
    assert max(memory[-quarter:]) - max(memory[:quarter]) < 20 * 2**20


def test_file_of_ten_chunks_takes_little_longer_than_one_chunk(tiny):
    engine = FakeEngine(tiny.vocabulary, length=100, batch=4, delay_s=0.01)
    with serving(tiny, engine, Settings(chunks_at_once=16)) as served:
        begun = time.perf_counter()
        assert served.generate(text=SENTENCE).headers["x-text-chunks"] == "1"
        one_s = time.perf_counter() - begun
        begun = time.perf_counter()
        answer = served.generate(text=SENTENCE * 24)
        assert int(answer.headers["x-text-chunks"]) >= 10
        assert time.perf_counter() - begun < 2.5 * one_s


def test_pauses_between_chunks_follow_the_punctuation(served):
    """The fake voice is a steady tone, so every silence is a pause between chunks."""
    answer = served.generate(text=SENTENCE * 6, seed=1)
    with wave.open(io.BytesIO(answer.content)) as file:
        samples = np.frombuffer(file.readframes(10**9), "<i2")
    loud = np.flatnonzero(np.abs(samples) > 30)
    gaps_s = np.diff(loud) / 16_000
    rests = gaps_s[gaps_s > 0.06]
    assert len(rests) == int(answer.headers["x-text-chunks"]) - 1
    assert np.all(np.abs(rests - 0.3) <= 0.02 + HOP / 16_000)
