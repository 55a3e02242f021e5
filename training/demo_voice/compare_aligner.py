"""Comparison of the times of English words with those of pocketsphinx, which aligns the sound with the text.

Run as `python -m training.demo_voice.compare_aligner`; prints one line of figures, `--out` writes them. The service's
pipeline speaks the unseen sentences, the twelve voices in turn, and tells the times. Sentences with a word that
pocketsphinx does not know, or cannot find in the sound, are left out.
"""

import argparse
import asyncio
import json
import math
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from core.pipeline import Pipeline
from core.request_state import Arrival, RequestState
from processing.words import find_words
from services.runtime import open_runtime
from shared.config import CodecMode, EngineKind, Settings
from shared.process import prepare_process
from shared.types import Utterance
from training.demo_voice.recogniser import Recogniser, words
from training.demo_voice.recordings import FIRST_SEED, RATE

TEXTS = Path("tests/data/unseen_sentences_en.txt")


async def differences(pipeline: Pipeline, recogniser: Recogniser, utterance: Utterance) -> list[float]:
    """Return the service's starts of the words of an answer, less those of the recogniser, in seconds; none without."""
    request = RequestState(Arrival("comparison", time.perf_counter()), utterance)
    async with pipeline.speak(request) as sound:
        samples = np.concatenate([block.samples async for block in sound])
    assert request.words is not None, "the checkpoint has no aligner"
    request.words.told_until(math.inf)
    told = [one.start_s for one in request.words.told]
    heard = recogniser.starts(utterance.text, samples)
    return [own - other for own, other in zip(told, heard, strict=True)] if len(told) == len(heard) else []


async def compare(checkpoint: Path, lines: Sequence[str]) -> dict[str, float]:
    """Return the figures of sentences; differences in ms."""
    settings = Settings(checkpoint=checkpoint, engine=EngineKind.TRANSFORMERS, codec_mode=CodecMode.FAST, device="cpu")
    recogniser, found = Recogniser(), list[list[float]]()
    async with open_runtime(settings) as runtime:
        voices, sampling = runtime.checkpoint.voices, runtime.checkpoint.sampling
        for i, line in enumerate(tqdm(lines)):
            seeded = replace(sampling, seed=FIRST_SEED + i)
            utterance = Utterance(line, voices[i % len(voices)], seeded, RATE, stream=False, word_times=True)
            found.append(await differences(runtime.pipeline, recogniser, utterance))
    off = 1000 * np.array([one for row in found for one in row])
    return {
        "sentences": sum(bool(row) for row in found),
        "words": len(off),
        "within_60_ms": round(float((abs(off) <= 60).mean()), 4),
        "within_120_ms": round(float((abs(off) <= 120).mean()), 4),
        "median_ms": round(float(np.median(off)), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, default=Path("voices/demo"))
    parser.add_argument("--sentences", type=int, default=100)
    parser.add_argument("--out", type=Path, help="JSON file for the figures")
    options = parser.parse_args()
    prepare_process()
    lines = TEXTS.read_text("utf-8").splitlines()[: options.sentences]
    lines = [line for line in lines if len(words(line)) == len(find_words(line))]
    figures = asyncio.run(compare(options.checkpoint, lines))
    print(json.dumps(figures))
    if options.out:
        options.out.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
