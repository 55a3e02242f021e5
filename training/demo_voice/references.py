"""Keeps the teachers' cepstra of some unseen sentences, so that a test can tell sentences apart without the teachers.

Run as `python -m training.demo_voice.references`; writes tests/data/teacher_cepstra.npz, arrays LANGUAGE_NUMBER.
"""

from pathlib import Path

import numpy as np

from training.demo_voice.retrieval import cepstra
from training.demo_voice.teachers import teacher

COUNT = 20
DATA = Path("tests/data")


def main() -> None:
    kept = {}
    for language in ("en", "hi", "te"):
        voice = teacher(language, waves=True)
        lines = (DATA / f"unseen_sentences_{language}.txt").read_text("utf-8").splitlines()
        for i, line in enumerate(lines[:COUNT]):
            kept[f"{language}_{i}"] = cepstra(voice.speak(line)[0]).astype(np.float16)
    np.savez_compressed(DATA / "teacher_cepstra.npz", **kept)


if __name__ == "__main__":
    main()
