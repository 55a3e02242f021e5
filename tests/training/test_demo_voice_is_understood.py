"""The embedded voice through the whole line, on sentences it never saw: a stage that spoils the sound fails here.

`make eval-voice` measures the same, and more, on a hundred sentences a language.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from services.runtime import open_runtime
from shared.config import CodecMode, EngineKind, Settings
from training.demo_voice.recogniser import phone_error
from training.demo_voice.references import TEACHERS
from training.demo_voice.retrieval import cepstra, nearest
from training.demo_voice.takes import take
from training.demo_voice.teachers import LANGUAGES

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
SPOKEN = 5
"""Sentences a language."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def takes():
    """By language, the first sentences, the voices in turn."""
    settings = Settings(
        checkpoint=ROOT / "voices" / "demo", engine=EngineKind.TRANSFORMERS, codec_mode=CodecMode.FAST, device="cpu"
    )
    made = {}
    async with open_runtime(settings) as runtime:
        voices, sampling = runtime.checkpoint.voices, runtime.checkpoint.sampling
        for n, language in enumerate(LANGUAGES):
            lines = (DATA / f"unseen_sentences_{language}.txt").read_text("utf-8").splitlines()
            made[language] = [
                await take(runtime.pipeline, voices[(4 * n + i) % len(voices)], line, replace(sampling, seed=i))
                for i, line in enumerate(lines[:SPOKEN])
            ]
    return made


def test_sentences_are_told_apart_by_the_teachers_recordings(takes) -> None:
    right = 0
    with np.load(DATA / "teacher_cepstra.npz") as data:
        for language in TEACHERS:
            references = [data[key].astype(np.float32) for key in data.files if key.startswith(language)]
            right += sum(nearest(cepstra(one.samples), references) == i for i, one in enumerate(takes[language]))
    assert right >= len(TEACHERS) * SPOKEN - 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_phones_are_read_as_the_teachers_read_them(takes, language) -> None:
    with np.load(DATA / "teacher_phones.npz") as data:
        wanted = [data[f"{language}_{i}"].tolist() for i in range(SPOKEN)]
    assert phone_error(zip([one.phones for one in takes[language]], wanted, strict=True)) <= 0.06
