"""The embedded voice through the whole line, on sentences it never saw: a stage that spoils the sound fails here.

`make eval-voice` measures the same on a hundred sentences a language.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from services.runtime import open_runtime
from shared.config import CodecMode, EngineKind, Settings
from shared.types import Utterance
from training.demo_voice.retrieval import cepstra, nearest

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
SPOKEN = 5
"""Sentences a language."""


async def test_sentences_are_told_apart_by_the_teachers_recordings() -> None:
    settings = Settings(
        checkpoint=ROOT / "voices" / "demo", engine=EngineKind.TRANSFORMERS, codec_mode=CodecMode.FAST, device="cpu"
    )
    right = 0
    async with open_runtime(settings) as runtime:
        voices = runtime.checkpoint.voices
        with np.load(DATA / "teacher_cepstra.npz") as data:
            for n, language in enumerate(("en", "hi", "te")):
                lines = (DATA / f"unseen_sentences_{language}.txt").read_text("utf-8").splitlines()
                references = [data[key].astype(np.float32) for key in data.files if key.startswith(language)]
                for i in range(SPOKEN):
                    sampling = replace(runtime.checkpoint.sampling, seed=i)
                    voice = voices[(4 * n + i) % len(voices)]
                    utterance = Utterance(lines[i], voice, sampling, runtime.codec.rate, stream=bool(i % 2))
                    async with runtime.pipeline.speak(utterance) as speech:
                        samples = np.concatenate([block.samples async for block in speech.blocks])
                    right += nearest(cepstra(samples), references) == i
    assert right >= 3 * SPOKEN - 1
