"""Reference recordings and phones of the unseen sentences, by the teachers.

`python -m training.demo_voice.references` stores those of some sentences for tests, which then need no teacher:
tests/data/teacher_cepstra.npz and teacher_phones.npz, arrays LANGUAGE_NUMBER.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.demo_voice.phones import PAUSE, PHONES
from training.demo_voice.retrieval import cepstra
from training.demo_voice.teachers import LANGUAGES, Timer, teacher

COUNT = 20
"""Stored sentences of each language."""
DATA = Path("tests/data")
TEACHERS = ("en", "hi", "te")
"""Languages that one teacher speaks, so that its sound can be compared with."""
_PAUSE = PHONES.index(PAUSE)


def teacher_recordings(language: str, sentences: Sequence[str]) -> list[npt.NDArray[np.float32]]:
    """Return the teacher's samples at 16 kHz."""
    voice = teacher(language, waves=True)
    return [voice.speak(text)[0].astype(np.float32) for text in sentences]


def teacher_phones(language: str, sentences: Sequence[str]) -> list[list[int]]:
    """Return the teacher's phones as indices of PHONES, without pauses."""
    timer = Timer(language, waves=True)
    return [[span.phone for span in timer.spans(text) if span.phone != _PAUSE] for text in sentences]


def main() -> None:
    sounds, phones = {}, {}
    for language in LANGUAGES:
        lines = (DATA / f"unseen_sentences_{language}.txt").read_text("utf-8").splitlines()[:COUNT]
        phones |= {f"{language}_{i}": np.array(row, np.uint8) for i, row in enumerate(teacher_phones(language, lines))}
        if language in TEACHERS:
            recordings = enumerate(teacher_recordings(language, lines))
            sounds |= {f"{language}_{i}": cepstra(samples).astype(np.float16) for i, samples in recordings}
    np.savez_compressed(DATA / "teacher_cepstra.npz", **sounds)
    np.savez_compressed(DATA / "teacher_phones.npz", **phones)


if __name__ == "__main__":
    main()
