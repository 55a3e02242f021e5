"""The language model's training data: each line's phones and lengths, spoken by one of the speakers in turn.

Run as `python -m training.demo_voice.timings --work DIR` after texts; writes DIR/timings_SPEAKER.npz, no waveforms.
"""

import argparse
import time
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from training.demo_voice.codes import SPEAKERS, Speaker, snap
from training.demo_voice.flite import FliteVoice

MAX_FRAMES = 520


def measure(speaker: Speaker, work: Path, part: int, parts: int) -> None:
    """Times every `parts`-th line and writes texts, phones and frames as flat arrays with offsets."""
    lines = (work / "texts.txt").read_text().splitlines()[part::parts]
    voice = FliteVoice(speaker.teacher, waves=False)
    texts: list[str] = []
    phones: list[int] = []
    frames: list[int] = []
    offsets, started = [0], time.monotonic()
    for i, line in enumerate(lines):
        spans = snap(voice.phones(line))
        if spans and sum(span.frames for span in spans) <= MAX_FRAMES:
            texts.append(line)
            phones += [span.phone for span in spans]
            frames += [span.frames for span in spans]
            offsets.append(len(phones))
        if i % 5000 == 4999:
            print(f"{speaker.id}: {i + 1}/{len(lines)} lines, {time.monotonic() - started:.0f} s", flush=True)
    np.savez(
        work / f"timings_{speaker.id}.npz",
        texts=np.array(texts),
        phones=np.array(phones, np.uint8),
        frames=np.array(frames, np.uint8),
        offsets=np.array(offsets),
    )
    hours = sum(frames) * 0.02 / 3600
    print(f"{speaker.id}: {len(texts)} lines, {hours:.1f} h of speech", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    context = get_context("spawn")
    workers = [
        context.Process(target=measure, args=(speaker, options.work, i, len(SPEAKERS)))
        for i, speaker in enumerate(SPEAKERS)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise SystemExit("a worker failed")


if __name__ == "__main__":
    main()
