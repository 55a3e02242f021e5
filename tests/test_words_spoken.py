"""Times of words and completeness with the demo voice: never late on any voice, and complete after faults."""

import math
import sys
import time
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.attempts import RETRY_SEED_SHIFT
from core.checkpoint.reading import Checkpoint
from core.request_state import Arrival, RequestState
from services.runtime import open_runtime
from shared.completeness_settings import CompletenessMode
from shared.config import Settings
from shared.types import Prompt, Utterance

pytestmark = pytest.mark.slow

LANGUAGES = ("en", "hi", "te", "hi-en", "te-en")
SENTENCES = {
    language: (Path(__file__).parent / f"data/unseen_sentences_{language}.txt").read_text().splitlines()
    for language in LANGUAGES
}
SPEEDS, RATES = (0.5, 0.8, 1.0, 1.3, 2.0), (8_000, 16_000, 24_000, 48_000)


def request_of(checkpoint: Checkpoint, number: int, text: str, **fields) -> RequestState:
    sampling = replace(checkpoint.sampling, seed=number)
    voice = checkpoint.voices[number % len(checkpoint.voices)]
    return RequestState(Arrival(f"request-{number}", time.perf_counter()), Utterance(text, voice, sampling, **fields))


async def test_every_word_of_every_voice_is_told_once_and_no_later_than_its_sound():
    settings = Settings(engine="transformers", completeness=CompletenessMode.OFF)
    words = 0
    async with open_runtime(settings) as runtime:
        for number in range(60):
            language = LANGUAGES[number % len(LANGUAGES)]
            count = 1 if number % 3 else 6  # of six sentences, several chunks
            text = " ".join((SENTENCES[language] * 2)[number % 20 :][:count])
            options = {"speed": SPEEDS[number % 5], "rate": RATES[number // 5 % 4], "stream": bool(number % 2)}
            request = request_of(runtime.checkpoint, number, text, word_times=True, **options)
            begin_s, samples, told = 0.0, 0, {}
            async with runtime.pipeline.speak(request) as blocks:
                async for block in blocks:
                    samples += len(block.samples)
                    for word in request.words.told_until(samples / block.rate):
                        if word.index not in told:
                            assert word.start_s >= begin_s - 2 / block.rate, "told after its block"
                        told[word.index] = word
                    begin_s = samples / block.rate
            told |= {word.index: word for word in request.words.told_until(math.inf)}
            assert list(told) == list(range(len(told)))
            expected = {word.source for chunk in request.script.chunks for word in chunk.words}
            assert [word.source for word in told.values()] == sorted(expected)
            assert all(0 <= word.start_s <= word.end_s <= begin_s + 0.02 for word in told.values())
            words += len(told)
    assert words > 800


class FaultyEngine:
    """Engine that damages the tokens of each first attempt: words left out, said twice, or other sound in their place.

    The damage is the middle third of an answer; the other sound is the first answer.
    """

    def __init__(self, engine, table) -> None:
        self._engine, self._table = engine, table
        self.foreign: list[int] = []
        self.damaged = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)

    async def stream(self, prompt: Prompt):
        async with aclosing(self._engine.stream(prompt)) as stream:
            deltas = [delta async for delta in stream]
        ids = [token for delta in deltas for token in delta.ids if self._table[token] >= 0]
        if prompt.sampling.seed < RETRY_SEED_SHIFT:
            first, last = len(ids) // 3, 2 * len(ids) // 3
            damages = ([], ids[first:last] * 2, self.foreign[: last - first])
            damage = damages[self.damaged % 3] if self.foreign else []
            self.foreign = self.foreign or ids
            ids[first:last] = damage
            self.damaged += 1
        yield replace(deltas[0], ids=tuple(ids), finish=None)
        yield replace(deltas[-1], ids=())


async def test_damaged_chunks_are_heard_complete_after_the_retry():
    async with open_runtime(Settings(engine="transformers")) as runtime:
        faulty = FaultyEngine(runtime.engine, runtime.pipeline.table)
        pipeline = replace(runtime.pipeline, engine=faulty)
        complete = detected = 0
        for number in range(40):
            text = SENTENCES["en"][number]
            request = request_of(runtime.checkpoint, number, text, rate=16_000)
            async with pipeline.speak(request) as blocks:
                sound = np.concatenate([block.samples async for block in blocks])
            assert len(sound)
            found = request.completeness
            complete += found.chunks == 1 and not found.incomplete
            detected += found.retried
        sys.stdout.write(f"of {faulty.damaged} damaged chunks {detected} were detected, {complete} heard complete\n")
        assert faulty.damaged == 40 and detected >= 39 and complete >= 38
