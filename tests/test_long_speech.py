"""A long text on the demo voice: a recogniser hears every piece of it, in order, none left out and none twice."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from services.runtime import open_runtime
from shared.config import Settings
from shared.types import Utterance
from training.demo_voice.recogniser import Listener, words

pytestmark = pytest.mark.slow

SENTENCES = (Path(__file__).parent / "data/unseen_sentences_en.txt").read_text().splitlines()
TEXT = " ".join(sentence for sentence in SENTENCES if 25 <= len(sentence) <= 75)
RATE = 16_000


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize("voice", ["lipakshi", "Bittu"])
async def test_every_sentence_is_heard_in_order(voice, stream):
    async with open_runtime(Settings(engine="transformers")) as runtime:
        (speaker,) = [known for known in runtime.checkpoint.voices if known.id == voice]
        sampling = replace(runtime.checkpoint.sampling, seed=7)
        utterance = Utterance(TEXT, speaker, sampling, RATE, stream=stream)
        async with runtime.pipeline.speak(utterance) as speech:
            samples = np.concatenate([block.samples async for block in speech.blocks])
            spans = list(speech.spans())
    said = [chunk.text for chunk, _, _ in spans]
    assert words("".join(said)) == words(TEXT) and len(said) >= 10
    listener = Listener(said)
    heard = [listener.hear(samples[round(start * RATE) : round(end * RATE)]) for _, start, end in spans]
    missed = [(text, got) for text, got in zip(said, heard, strict=True) if got != words(text)]
    pieces = {tuple(words(text)) for text in said}
    assert not [got for _, got in missed if tuple(got) in pieces], "a piece is heard where another one should be"
    sys.stdout.write(f"{voice}: {len(missed)} of {len(said)} pieces not understood\n")
    assert len(missed) <= len(said) // 10, missed  # the voice and the recogniser miss some each
    seconds = np.array([end - start for _, start, end in spans])
    letters = np.array([len(re.sub(r"\W", "", text)) for text in said])
    pace = seconds / letters / np.median(seconds / letters)
    assert pace.min() > 0.6 and pace.max() < 1.7, "a piece is far too short or too long for its text"
