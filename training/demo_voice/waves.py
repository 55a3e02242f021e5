"""Training data of the decoder: tokens and target waveforms of a few hundred utterances in each language.

Run as `python -m training.demo_voice.waves --work DIR` after timings; writes DIR/waves_LANGUAGE.npz. Lines with rare
codes are preferred, and several speakers speak each utterance.
"""

import argparse
import random
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training.demo_voice.codes import CODE_COUNT, codes, snap
from training.demo_voice.speakers import SPEAKERS
from training.demo_voice.target import analyse, noise_blocks, resynthesise
from training.demo_voice.teachers import teacher

LANGUAGES = ("en", "hi", "te")
MIN_EXAMPLES, SPEAKERS_PER_LINE = 6, 4
"""Examples of a code after which it is not rare, and speakers of each utterance."""
LEVEL = 0.09
"""Root mean square of every waveform, silence left out."""


def choose(language: str, work: Path, count: int, seed: int) -> list[str]:
    """Return lines of medium length, first those with a code that has fewer than MIN_EXAMPLES examples so far."""
    with np.load(work / f"timings_{language}.npz") as data:
        texts, offsets = data["texts"].tolist(), data["offsets"].tolist()
        phones, frames = data["phones"].tolist(), data["frames"].tolist()
    order = [i for i in range(len(texts)) if 16 <= len(texts[i]) <= 80]
    random.Random(seed).shuffle(order)
    seen, wanted, others = [0] * CODE_COUNT, list[str](), list[str]()
    for i in order:
        row = set(codes(phones[offsets[i] : offsets[i + 1]], frames[offsets[i] : offsets[i + 1]]))
        if any(seen[code] < MIN_EXAMPLES for code in row) and len(wanted) < count * 2 // 3:
            wanted.append(texts[i])
            for code in row:
                seen[code] += 1
        else:
            others.append(texts[i])
    return (wanted + others)[:count]


def render(language: str, work: Path, count: int, seed: int) -> None:
    """Write the training data of one language."""
    path = work / f"waves_{language}.npz"
    if path.exists():
        return
    voice, blocks, rng = teacher(language, waves=True), noise_blocks(), random.Random(seed)
    tokens: list[int] = []
    waves, offsets, speakers = list[np.ndarray](), [0], list[int]()
    for text in tqdm(choose(language, work, count, seed), desc=language, mininterval=5):
        samples, phones = voice.speak(text)
        spans = snap(phones)
        row = codes([span.phone for span in spans], [span.frames for span in spans])
        envelopes = analyse(samples, spans)
        for i in rng.sample(range(len(SPEAKERS)), SPEAKERS_PER_LINE):
            wave = resynthesise(envelopes, spans, SPEAKERS[i], blocks)
            wave *= LEVEL / np.sqrt(np.mean(wave[np.abs(wave) > 1e-4] ** 2))
            tokens += row
            waves.append((np.clip(wave, -0.95, 0.95) * 32767).astype(np.int16))
            offsets.append(len(tokens))
            speakers.append(i)
    np.savez(
        path,
        tokens=np.array(tokens, np.int32),
        offsets=np.array(offsets),
        speakers=np.array(speakers),
        waves=np.concatenate(waves),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--count", type=int, nargs=3, default=(360, 200, 200), help="utterances in each language")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tasks = [(language, options.work, n, options.seed) for language, n in zip(LANGUAGES, options.count, strict=True)]
    with get_context("spawn").Pool(options.processes, maxtasksperchild=1) as pool:
        pool.starmap(render, tasks, chunksize=1)


if __name__ == "__main__":
    main()
