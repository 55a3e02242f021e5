"""What the teachers make of the unseen sentences: their sound, and the phones they read.

Run as `python -m training.demo_voice.references` to keep it of some sentences, so that a test can judge the voice
without the teachers: tests/data/teacher_cepstra.npz and teacher_phones.npz, arrays LANGUAGE_NUMBER.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.demo_voice.codes import PAUSE, PHONES
from training.demo_voice.retrieval import cepstra
from training.demo_voice.teachers import LANGUAGES, Timer, teacher

COUNT = 20
DATA = Path("tests/data")
TEACHERS = ("en", "hi", "te")
"""Languages that a teacher speaks alone, so that his sound is there to compare with."""
_PAUSE = PHONES.index(PAUSE)


def teachers_takes(language: str, sentences: Sequence[str]) -> list[npt.NDArray[np.float32]]:
    """Samples at 16 kHz."""
    voice = teacher(language, waves=True)
    return [voice.speak(text)[0].astype(np.float32) for text in sentences]


def teachers_phones(language: str, sentences: Sequence[str]) -> list[list[int]]:
    """Numbers in PHONES, without pauses."""
    timer = Timer(language, waves=True)
    return [[span.phone for span in timer.spans(text) if span.phone != _PAUSE] for text in sentences]


def main() -> None:
    sounds, phones = {}, {}
    for language in LANGUAGES:
        lines = (DATA / f"unseen_sentences_{language}.txt").read_text("utf-8").splitlines()[:COUNT]
        phones |= {f"{language}_{i}": np.array(row, np.uint8) for i, row in enumerate(teachers_phones(language, lines))}
        if language in TEACHERS:
            takes = enumerate(teachers_takes(language, lines))
            sounds |= {f"{language}_{i}": cepstra(samples).astype(np.float16) for i, samples in takes}
    np.savez_compressed(DATA / "teacher_cepstra.npz", **sounds)
    np.savez_compressed(DATA / "teacher_phones.npz", **phones)


if __name__ == "__main__":
    main()
