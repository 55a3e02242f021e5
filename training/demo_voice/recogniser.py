"""An offline recogniser as a listener: pocketsphinx's American English, free or choosing among given sentences."""

import re
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pocketsphinx
import soxr

RATE = 16_000
SILENCE_S, FLOOR, LEVEL = 0.2, 1e-4, 0.5


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def errors(wanted: Sequence[object], got: Sequence[object]) -> int:
    """Edit distance: substitutions, deletions and insertions."""
    row = list(range(len(got) + 1))
    for i, left in enumerate(wanted, start=1):
        diagonal, row[0] = row[0], i
        for j, right in enumerate(got, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (left != right))
    return row[-1]


def phone_error(pairs: Iterable[tuple[Sequence[int], Sequence[int]]]) -> float:
    """Edits between the phones that were read and those that should be, over the number of the latter."""
    wrong = count = 0
    for got, wanted in pairs:
        wrong += errors(wanted, got)
        count += len(wanted)
    return wrong / count


def grammar(sentences: Sequence[str]) -> str:
    """A JSGF grammar whose utterances are exactly the sentences."""
    choices = " | ".join(" ".join(words(sentence)) for sentence in sentences)
    return f"#JSGF V1.0; grammar unseen; public <sentence> = {choices};"


class Listener:
    """Writes down 16 kHz samples; with `sentences` it can only answer with one of them, or with nothing."""

    def __init__(self, sentences: Sequence[str] | None = None) -> None:
        self._decoder = pocketsphinx.Decoder(samprate=RATE, loglevel="FATAL")
        if sentences is not None:
            self._decoder.add_jsgf_string("unseen", grammar(sentences))
            self._decoder.activate_search("unseen")

    def hear(self, samples: npt.NDArray[np.floating], rate: int = RATE) -> list[str]:
        if rate != RATE:
            samples = soxr.resample(samples, rate, RATE)
        padded = np.pad(samples, round(SILENCE_S * RATE))
        padded = padded / max(float(np.abs(padded).max()), 1e-6) * LEVEL
        padded = padded + np.random.default_rng(0).standard_normal(len(padded)) * FLOOR
        self._decoder.start_utt()
        self._decoder.process_raw((padded * 32767).astype(np.int16).tobytes(), full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return words(found.hypstr) if found else []
