"""Each word of a long stream is told before the audio in which it begins, at any speed and rate."""

import pytest

from core.checkpoint.reading import Checkpoint
from shared.config import Settings
from tests.api.client import connected
from tests.api.conftest import serving
from tests.api.test_sse import ask
from tests.fakes import FakeEngine

TEXT = "Here is one more sentence of some length, and here it goes on. " * 6
FORMS = [(0.8, 8_000), (1.25, 44_100)]
MORE_FORMS = [(0.5, 48_000), (0.8, 22_050), (1.0, 24_000), (1.25, 32_000), (2.0, 16_000), (4.0, 48_000)]
"""Speeds, with sample rates."""
all_forms = pytest.mark.parametrize(
    ("speed", "rate"), FORMS + [pytest.param(*form, marks=pytest.mark.slow) for form in MORE_FORMS]
)


@pytest.fixture(scope="module")
def steady(tiny: Checkpoint):
    """Start a server whose engine gives 80 ms of sound at a time, so that many windows are decoded."""
    engine = FakeEngine(tiny.vocabulary, length=140, delay_s=0.0005)
    with serving(tiny, engine, Settings(chunk_threshold=80, chunk_target=80), word_tokens=9) as one:
        yield one


class Clock:
    """Count of the samples that have come, against which words are compared."""

    def __init__(self, rate: int) -> None:
        self.samples, self.rate, self.told, self.late = 0, rate, 0, []

    def words(self, words: list[dict]) -> None:
        for word in words:
            if word["index"] < self.told:  # it comes again with its end
                continue
            assert word["index"] == self.told
            self.told += 1
            if word["start_s"] < (self.samples - 1) / self.rate:
                self.late.append(word)


def expected(text: str) -> int:
    return len(text.split())


@all_forms
def test_sse_tells_no_word_after_its_audio(steady, speed, rate):
    _, events = ask(steady, text=TEXT, timestamps=True, speed=speed, sample_rate=rate, format="pcm", seed=1)
    clock = Clock(rate)
    for event in events:
        if event["type"] == "words":
            clock.words(event["words"])
        elif event["type"] == "audio":
            clock.samples += event["samples"]
    assert clock.told == expected(TEXT) and not clock.late
    assert clock.samples > 10 * rate / speed


@all_forms
async def test_socket_tells_no_word_after_its_audio(steady, speed, rate):
    asked = {"text": TEXT, "speaker": "lipakshi", "format": "pcm", "speed": speed, "sample_rate": rate, "seed": 1}
    clock = Clock(rate)
    async with connected(steady) as client:
        await client.send(type="speak", timestamps=True, **asked)
        while not isinstance(message := await client.receive(), dict) or message["type"] != "end":
            if isinstance(message, bytes):
                clock.samples += len(message) // 2
            elif message["type"] == "words":
                clock.words(message["words"])
    assert clock.told == expected(TEXT) and not clock.late
    assert clock.samples > 10 * rate / speed
