"""A long text with the demo voice: every chunk is spoken once, in order.

Each chunk is recognised among all chunks by a recogniser or, where that fails, by its similarity to the teacher's
recordings. Requires flite (a Debian package).
"""

import re
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.request_state import Arrival, RequestState
from services.runtime import open_runtime
from shared.config import Settings
from shared.types import Utterance
from training.demo_voice.recogniser import Recogniser, words
from training.demo_voice.references import teacher_recordings
from training.demo_voice.retrieval import cepstra, nearest

pytestmark = pytest.mark.slow

SENTENCES = (Path(__file__).parent / "data/unseen_sentences_en.txt").read_text().splitlines()
TEXT = " ".join(sentence for sentence in SENTENCES if 25 <= len(sentence) <= 75)
RATE = 16_000


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize("voice", ["lipakshi", "bittu"])
async def test_every_sentence_is_spoken_in_order(voice, stream):
    async with open_runtime(Settings(engine="transformers")) as runtime:
        (speaker,) = [known for known in runtime.checkpoint.voices if known.id == voice]
        sampling = replace(runtime.checkpoint.sampling, seed=7)
        utterance = Utterance(TEXT, speaker, sampling, RATE, stream=stream)
        request = RequestState(Arrival("long-speech", time.perf_counter()), utterance)
        async with runtime.pipeline.speak(request) as sound:
            samples = np.concatenate([block.samples async for block in sound])
            spans = list(request.spans())
    said = [chunk.text for chunk, _, _ in spans]
    assert words("".join(said)) == words(TEXT) and len(said) >= 10
    sounds = [samples[round(start * RATE) : round(end * RATE)] for _, start, end in spans]
    listener = Recogniser(said)
    misheard = [i for i, sound in enumerate(sounds) if listener.recognise(sound) != words(said[i])]
    recordings = [cepstra(take) for take in teacher_recordings("en", said)]
    nearest_to = [nearest(cepstra(sound), recordings) for sound in sounds]
    sys.stdout.write(
        f"{voice}: of {len(said)} pieces {len(misheard)} misheard by the recogniser, "
        f"{sum(i != j for i, j in enumerate(nearest_to))} more like another one's recording\n"
    )
    assert len(misheard) <= len(said) // 10, [said[i] for i in misheard]  # voice and recogniser are not perfect
    lost = [(said[i], said[nearest_to[i]]) for i in misheard if nearest_to[i] != i]
    assert not lost, "neither the recogniser nor the similarity finds the expected chunk"
    seconds = np.array([end - start for _, start, end in spans])
    letters = np.array([len(re.sub(r"\W", "", text)) for text in said])
    pace = seconds / letters / np.median(seconds / letters)
    assert pace.min() > 0.6 and pace.max() < 1.7, "a chunk is far too short or too long for its text"
