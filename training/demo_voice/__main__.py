"""Training of the voice by one command, which may be interrupted and given again.

Run as `python -m training.demo_voice --work DIR --out FOLDER`: texts, questions, timings, waves, clips, the trainings
of decoder and language model side by side, that of the speaker encoder, the export. Each step's output is kept in DIR,
its messages in DIR/STEP.log.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

NICENESS = 19


def begin(work: Path, step: str, module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a step with its messages in DIR/STEP.log."""
    command = [sys.executable, "-m", module, *arguments]
    print(" ".join(command), flush=True)
    with (work / f"{step}.log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log)


def finish(steps: Sequence[subprocess.Popen[bytes]]) -> None:
    """Wait for steps; end all of them if one fails."""
    try:
        if any([step.wait() for step in steps]):
            raise SystemExit("a step has failed: see the logs")
    finally:
        for step in steps:
            step.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--warm", type=Path, default=Path("voices/demo"), help="voice whose weights training begins with"
    )
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--timing-parts", type=int, default=60, help="thousands of lines of each language, at most")
    parser.add_argument("--wave-parts", type=int, default=56, help="parts of 40 utterances of each language")
    parser.add_argument("--decoder-minutes", type=int, default=150)
    parser.add_argument("--lm-minutes", type=int, default=240)
    parser.add_argument("--encoder-minutes", type=int, default=24)
    options = parser.parse_args()
    work = options.work
    work.mkdir(parents=True, exist_ok=True)
    os.nice(NICENESS)
    os.environ |= {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}
    folder = ("--work", str(work))
    if not (work / "texts.txt").exists():
        finish([begin(work, "texts", "training.demo_voice.texts", *folder)])
    if not (work / "questions.txt").exists():
        finish([begin(work, "questions", "training.demo_voice.questions", *folder)])
    parts = ("--parts", str(options.timing_parts), "--processes", str(options.processes))
    finish([begin(work, "timings", "training.demo_voice.timings", *folder, *parts)])
    languages = ("en", "hi", "te")
    waves = ("training.demo_voice.waves", *folder, "--parts", str(options.wave_parts), "--languages")
    finish([begin(work, f"waves_{language}", *waves, language) for language in languages])
    clips = str(work / "clips")
    finish([begin(work, "clips", "training.demo_voice.encoder_data", *folder, "--out", clips)])
    warm = (*folder, "--warm", str(options.warm), "--minutes")
    finish(
        [
            begin(work, "decoder", "training.demo_voice.train_decoder", *warm, str(options.decoder_minutes)),
            begin(work, "lm", "training.demo_voice.train_lm", *warm, str(options.lm_minutes)),
        ]
    )
    encoder = (*folder, "--clips", clips, "--minutes", str(options.encoder_minutes))
    finish([begin(work, "encoder", "training.demo_voice.train_encoder", *encoder)])
    finish([begin(work, "export", "training.demo_voice.export", *folder, "--out", str(options.out))])


if __name__ == "__main__":
    main()
