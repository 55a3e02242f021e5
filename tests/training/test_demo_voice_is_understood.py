"""Embedded voice through the whole pipeline, on unseen sentences: a stage that damages the sound fails these tests.

`make eval-voice` measures the same and more on a hundred sentences of each language.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from services.runtime import open_runtime
from shared.config import CodecMode, EngineKind, Settings
from training.demo_voice.recogniser import phone_error
from training.demo_voice.recordings import record
from training.demo_voice.references import TEACHERS
from training.demo_voice.retrieval import cepstra, nearest
from training.demo_voice.teachers import LANGUAGES

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
SPOKEN = 5
"""Sentences of each language."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def recordings():
    """Record the first sentences of each language, by the voices in turn."""
    settings = Settings(
        checkpoint=ROOT / "voices" / "demo", engine=EngineKind.TRANSFORMERS, codec_mode=CodecMode.FAST, device="cpu"
    )
    made = {}
    async with open_runtime(settings) as runtime:
        voices, sampling = runtime.checkpoint.voices, runtime.checkpoint.sampling
        for n, language in enumerate(LANGUAGES):
            lines = (DATA / f"unseen_sentences_{language}.txt").read_text("utf-8").splitlines()
            made[language] = [
                await record(runtime.pipeline, voices[(4 * n + i) % len(voices)], line, replace(sampling, seed=i))
                for i, line in enumerate(lines[:SPOKEN])
            ]
    return made


def test_recordings_are_nearest_to_the_teacher_recordings_of_their_sentences(recordings) -> None:
    right = 0
    with np.load(DATA / "teacher_cepstra.npz") as data:
        for language in TEACHERS:
            references = [data[key].astype(np.float32) for key in data.files if key.startswith(language)]
            right += sum(nearest(cepstra(one.samples), references) == i for i, one in enumerate(recordings[language]))
    assert right >= len(TEACHERS) * SPOKEN - 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_phones_are_those_of_the_teachers(recordings, language) -> None:
    with np.load(DATA / "teacher_phones.npz") as data:
        wanted = [data[f"{language}_{i}"].tolist() for i in range(SPOKEN)]
    assert phone_error(zip([one.phones for one in recordings[language]], wanted, strict=True)) <= 0.06
