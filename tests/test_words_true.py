"""Times of words of the demo voice against the truth: its tokens name their phones, and its teachers the words.

Needs flite and espeak-ng, the teachers of the voice (Debian packages).
"""

import math
import os
import re
import sys
import time
from collections import defaultdict
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.request_state import Arrival, RequestState
from services.runtime import open_runtime
from shared.completeness_settings import CompletenessMode
from shared.config import Settings
from shared.types import Prompt, Utterance
from training.demo_voice.word_truth import WordTeacher, word_starts

pytestmark = pytest.mark.slow

LANGUAGES = ("en", "hi", "te", "hi-en", "te-en")
SENTENCES = {
    language: (Path(__file__).parent / f"data/unseen_sentences_{language}.txt").read_text().splitlines()
    for language in LANGUAGES
}
SPEEDS, RATES = (0.5, 0.8, 1.25, 2.0), (8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
SETTINGS = Settings(engine="transformers", completeness=CompletenessMode.OFF)
AT_MOST_S = 0.04 + 1e-6
"""Error of 40 ms, which is one token at half the speed, and what rounding adds."""
MINUTES = float(os.environ.get("WORD_MINUTES", "10"))
"""Length of the long text; a busy machine may choose a shorter one."""
SECONDS_A_LETTER = 0.055
"""Least pace of the demo voice, by which the long text is made long enough."""


def written(text: str) -> list[tuple[int, int]]:
    """Return the places of the words of a text without punctuation."""
    return [match.span() for match in re.finditer(r"""[^\s.,;:!?।—…"“”()]+""", text)]


class Recorder:
    """Engine that keeps the semantic codes of each answer, in the order of the requests."""

    def __init__(self, engine, table) -> None:
        self._engine, self._table = engine, table
        self.answers: list[list[int]] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)

    async def stream(self, prompt: Prompt):
        codes: list[int] = []
        self.answers.append(codes)
        async with aclosing(self._engine.stream(prompt)) as stream:
            async for delta in stream:
                codes += [code for token in delta.ids if (code := self._table[token]) >= 0]
                yield delta


def request_of(runtime, number: int, text: str, **fields) -> RequestState:
    sampling = replace(runtime.checkpoint.sampling, seed=number)
    voice = runtime.checkpoint.voices[number % len(runtime.checkpoint.voices)]
    utterance = Utterance(text, voice, sampling, word_times=True, **fields)
    return RequestState(Arrival(f"request-{number}", time.perf_counter()), utterance)


async def told_by(pipeline, request: RequestState) -> tuple[list, float]:
    """Speak a request; return each word as it was told first, and the seconds of sound. No word may be told late."""
    told, samples = {}, 0
    async with pipeline.speak(request) as blocks:
        async for block in blocks:
            begin_s, samples = samples / block.rate, samples + len(block.samples)
            for word in request.words.told_until(samples / block.rate):
                assert word.index in told or word.start_s >= begin_s - 2 / block.rate, "told after its sound"
                told.setdefault(word.index, word)
            if request.utterance.stream:
                pipeline.scheduler.block_sent(request.playback, block.seconds)
    for word in request.words.told_until(math.inf):
        told.setdefault(word.index, word)
    assert list(told) == list(range(len(told)))
    return list(told.values()), samples / request.utterance.rate


async def test_word_starts_are_true_at_each_speed_and_rate():
    errors_s: dict[float, list[float]] = defaultdict(list)
    async with open_runtime(SETTINGS) as runtime:
        recorder = Recorder(runtime.engine, runtime.pipeline.table)
        pipeline, codec = replace(runtime.pipeline, engine=recorder), runtime.codec
        for number in range(int(os.environ.get("WORD_SENTENCES", "140"))):
            language, speed = LANGUAGES[number % len(LANGUAGES)], SPEEDS[number % len(SPEEDS)]
            text = SENTENCES[language][number // len(LANGUAGES) % len(SENTENCES[language])]
            options = {"speed": speed, "rate": RATES[number % len(RATES)], "stream": number % 3 > 0}
            request = request_of(runtime, number, text, **options)
            recorder.answers.clear()
            told, _ = await told_by(pipeline, request)
            assert [word.source for word in told] == written(text)
            if request.retries:  # which attempt is heard is not known here
                continue
            first, teacher = 0, WordTeacher(language)  # a new one, because all of espeak's share one callback
            for chunk, codes in zip(request.script.chunks, recorder.answers, strict=True):
                truth = word_starts(codes, teacher.phones(chunk.text.strip()))
                shift = request.timeline.shifts[chunk.index]
                for word, token in truth.items():
                    true_s = (shift + token * codec.hop) / codec.rate / speed
                    errors_s[speed].append(told[first + word].start_s - true_s)
                first += len(chunk.words)
    for speed in SPEEDS:
        errors = np.abs(errors_s[speed])
        figures = f"{(errors < AT_MOST_S).mean():.3f} within 40 ms, {(errors <= 0.12).mean():.3f} within 120 ms"
        sys.stdout.write(f"speed {speed}: {len(errors)} words, {figures}, largest {errors.max():.3f} s\n")
    for speed in SPEEDS:
        assert (np.abs(errors_s[speed]) < AT_MOST_S).mean() >= 0.95, f"at speed {speed}"


@pytest.mark.parametrize("stream", [True, False])
async def test_each_word_of_a_long_text_is_told_once_in_order(stream):
    sentences = [sentence for number in range(20) for sentence in SENTENCES["en"]]
    text = " ".join(sentences)[: math.ceil(60 * MINUTES / SECONDS_A_LETTER)]
    async with open_runtime(SETTINGS) as runtime:
        request = request_of(runtime, 3, text, rate=16_000, stream=stream)
        told, seconds = await told_by(runtime.pipeline, request)
    assert seconds > 60 * MINUTES
    assert [word.source for word in told] == written(text)
    starts = [word.start_s for word in told]
    assert starts == sorted(starts) and starts[-1] < seconds
