"""The decoder's training data: tokens and target waveforms of some hundred utterances a speaker, rich in rare codes.

Run as `python -m training.demo_voice.waves --work DIR` after timings; writes DIR/waves_SPEAKER.npz.
"""

import argparse
import random
import time
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from training.demo_voice.codes import CODE_COUNT, SPEAKERS, Speaker, codes, snap
from training.demo_voice.flite import FliteVoice
from training.demo_voice.target import noise_blocks, resynthesise

ENOUGH = 8


def choose(speaker: Speaker, work: Path, count: int, seed: int) -> list[str]:
    """Lines of the speaker's own, first those that hold a code seen fewer than ENOUGH times so far."""
    with np.load(work / f"timings_{speaker.id}.npz") as data:
        texts, offsets = data["texts"].tolist(), data["offsets"].tolist()
        phones, frames = data["phones"].tolist(), data["frames"].tolist()
    order = [i for i in range(len(texts)) if 16 <= len(texts[i]) <= 90]
    random.Random(seed).shuffle(order)
    seen, wanted, others = [0] * CODE_COUNT, list[str](), list[str]()
    for i in order:
        row = set(codes(phones[offsets[i] : offsets[i + 1]], frames[offsets[i] : offsets[i + 1]]))
        if any(seen[code] < ENOUGH for code in row) and len(wanted) < count * 2 // 3:
            wanted.append(texts[i])
            for code in row:
                seen[code] += 1
        else:
            others.append(texts[i])
    print(f"{speaker.id}: {sum(n == 0 for n in seen)} of {CODE_COUNT} codes without an example", flush=True)
    return (wanted + others)[:count]


def render(speaker: Speaker, work: Path, count: int, seed: int) -> None:
    voice, blocks = FliteVoice(speaker.teacher, waves=True), noise_blocks()
    tokens: list[int] = []
    waves, offsets, started = [], [0], time.monotonic()
    for i, text in enumerate(choose(speaker, work, count, seed)):
        samples, phones = voice.speak(text)
        spans = snap(phones)
        wave = resynthesise(samples, spans, speaker.pitch_hz, blocks) * speaker.gain
        tokens += codes([span.phone for span in spans], [span.frames for span in spans])
        waves.append((np.clip(wave, -0.99, 0.99) * 32767).astype(np.int16))
        offsets.append(len(tokens))
        if i % 50 == 49:
            print(
                f"{speaker.id}: {i + 1} of {count}, {len(tokens) / 50:.0f} s of speech, "
                f"{time.monotonic() - started:.0f} s",
                flush=True,
            )
    np.savez(
        work / f"waves_{speaker.id}.npz",
        tokens=np.array(tokens, np.int32),
        offsets=np.array(offsets),
        waves=np.concatenate(waves),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--count", type=int, default=340, help="utterances a speaker")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    context = get_context("spawn")
    workers = [
        context.Process(target=render, args=(speaker, options.work, options.count, options.seed))
        for speaker in SPEAKERS
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise SystemExit("a worker failed")


if __name__ == "__main__":
    main()
