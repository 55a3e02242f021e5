"""Recordings of sentences synthesized by the service's pipeline, with phones, times and seams."""

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from core.codec import Codec
from core.engine import TokenEngine
from core.pipeline import Pipeline
from core.request_state import Arrival, RequestState
from services.runtime import Runtime
from shared.errors import GenerationError
from shared.types import Pcm, Prompt, Sampling, TokenDelta, Utterance, Voice, Window
from training.demo_voice.phones import PAUSE, PHONES
from training.demo_voice.token_schemes import phones_of

RATE = 16_000
FIRST_SEED = 1000
"""Seed of the first sentence; the next ones count up."""
EDGE = 2
"""Samples on each side of a seam whose steps count as the seam's."""
_PAUSE = PHONES.index(PAUSE)


@dataclass(frozen=True, slots=True)
class Recording:
    """One synthesized sentence: samples at RATE, seconds to the first and the last block, seams in samples.

    `phones` are those that the language model generated, as indices of PHONES, without pauses; none if its tokens'
    scheme is not known.
    """

    text: str
    voice: str
    phones: list[int]
    samples: npt.NDArray[np.float32]
    first_s: float
    whole_s: float
    seams: tuple[int, ...]
    failed: bool


class RecordingEngine:
    """Token engine that keeps the answer to each request, in the order of the requests."""

    def __init__(self, engine: TokenEngine) -> None:
        self._engine = engine
        self.answers: list[list[int]] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)

    async def stream(self, prompt: Prompt) -> AsyncGenerator[TokenDelta, None]:
        """Yield and keep the deltas of one request."""
        answer = list[int]()
        self.answers.append(answer)
        async with aclosing(self._engine.stream(prompt)) as deltas:
            async for delta in deltas:
                answer += delta.ids
                yield delta


class RecordingCodec:
    """Codec that keeps the size of each window, in the order of the calls."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self.kept: list[int] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._codec, name)

    async def decode(self, window: Window, *, deadline: float, patient: bool) -> Pcm:
        """Decode a window and keep its size."""
        self.kept.append(window.keep)
        return await self._codec.decode(window, deadline=deadline, patient=patient)


async def record(pipeline: Pipeline, voice: Voice, text: str, sampling: Sampling) -> Recording:
    """Synthesize a sentence as a stream."""
    engine, codec = RecordingEngine(pipeline.engine), RecordingCodec(pipeline.codec)
    utterance = Utterance(text, voice, sampling, RATE, stream=True)
    begun, first = time.perf_counter(), None
    blocks: list[npt.NDArray[np.float32]] = []
    try:
        request = RequestState(Arrival("recording", begun), utterance)
        async with replace(pipeline, engine=engine, codec=codec).speak(request) as sound:
            async for block in sound:
                first = first or time.perf_counter()
                blocks.append(block.samples)
            seams = request.timeline.starts[1:]
    except GenerationError:
        return Recording(text, voice.id, [], np.zeros(0, np.float32), 0.0, 0.0, (), failed=True)
    ended = time.perf_counter()
    samples = np.concatenate([*blocks, np.zeros(0, np.float32)])
    if not seams:  # one chunk: windows of several chunks are decoded in mixed order
        seams = [pipeline.codec.hop * kept for kept in accumulate(codec.kept[:-1])]
    phones = [phone for answer in engine.answers for phone in phones_of(answer, pipeline.table) if phone != _PAUSE]
    first_s, whole_s = (first or ended) - begun, ended - begun
    return Recording(text, voice.id, phones, samples, first_s, whole_s, tuple(seams), failed=not len(samples))


def steps_at_seams(recordings: Sequence[Recording]) -> float:
    """Return the largest step within EDGE samples of a seam over the largest elsewhere, in all recordings."""
    at, elsewhere = 0.0, 1e-9
    for one in recordings:
        steps = np.abs(np.diff(one.samples, prepend=one.samples[:1]))
        near = np.zeros(len(steps), bool)
        for seam in one.seams:
            near[max(0, seam - EDGE) : seam + EDGE] = True
        at = max(at, float(steps[near].max(initial=0)))
        elsewhere = max(elsewhere, float(steps[~near].max(initial=0)))
    return at / elsewhere


async def record_all(
    runtime: Runtime, language: str, sentences: Sequence[str], voices: Sequence[Voice]
) -> list[Recording]:
    """Record the sentences one after the other, by the voices in turn."""
    sampling = runtime.checkpoint.sampling
    return [
        await record(runtime.pipeline, voices[i % len(voices)], text, replace(sampling, seed=FIRST_SEED + i))
        for i, text in enumerate(tqdm(sentences, desc=f"synthesizing {language}"))
    ]
