"""Offline speech recogniser: pocketsphinx for American English, with its language model or with given sentences."""

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pocketsphinx
import soxr

RATE = 16_000
FRAMES_A_SECOND = 100
"""Frames of pocketsphinx's features (its option `frate`)."""
SILENCE_S, FLOOR, LEVEL = 0.2, 1e-4, 0.5
"""Silence added at both ends in seconds, level of the added noise, and peak level."""


def words(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return re.findall(r"[a-z']+", text.lower())


def errors(wanted: Sequence[object], got: Sequence[object]) -> int:
    """Return the edit distance: substitutions, deletions and insertions."""
    row = list(range(len(got) + 1))
    for i, left in enumerate(wanted, start=1):
        diagonal, row[0] = row[0], i
        for j, right in enumerate(got, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (left != right))
    return row[-1]


def phone_error(pairs: Iterable[tuple[Sequence[int], Sequence[int]]]) -> float:
    """Return the edits between actual and expected phones, over the number of expected ones."""
    wrong = count = 0
    for got, wanted in pairs:
        wrong += errors(wanted, got)
        count += len(wanted)
    return wrong / count


def grammar(sentences: Sequence[str]) -> str:
    """Return a JSGF grammar whose utterances are exactly the sentences."""
    choices = " | ".join(" ".join(words(sentence)) for sentence in sentences)
    return f"#JSGF V1.0; grammar unseen; public <sentence> = {choices};"


def prepared(samples: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Return samples for a recogniser: silence at both ends, at LEVEL, with a little noise."""
    padded = np.pad(samples, round(SILENCE_S * RATE))
    padded = padded / max(float(np.abs(padded).max()), 1e-6) * LEVEL
    return padded + np.random.default_rng(0).standard_normal(len(padded)) * FLOOR


class Recogniser:
    """Recogniser of 16 kHz speech; with `sentences` its result is one of them or empty."""

    def __init__(self, sentences: Sequence[str] | None = None) -> None:
        self._decoder = pocketsphinx.Decoder(samprate=RATE, loglevel="FATAL")
        if sentences is not None:
            self.expect(grammar(sentences))

    def add_words(self, pronunciations: Mapping[str, str]) -> None:
        """Add words that the dictionary may lack, with their phones in ARPAbet."""
        for word, phones in pronunciations.items():
            if self._decoder.lookup_word(word) is None:
                self._decoder.add_word(word, phones, True)

    def expect(self, jsgf: str) -> None:
        """Recognise the utterances of a JSGF grammar from now on."""
        self._decoder.add_jsgf_string("expected", jsgf)
        self._decoder.activate_search("expected")

    def recognise(self, samples: npt.NDArray[np.floating], rate: int = RATE) -> list[str]:
        """Return the recognised words."""
        self._hear(samples, rate)
        found = self._decoder.hyp()
        return words(found.hypstr) if found else []

    def starts(self, text: str, samples: npt.NDArray[np.floating], rate: int = RATE) -> list[float]:
        """Return the start of each of `words(text)` in seconds; none if one is unknown, or does not fit the sound."""
        spoken = words(text)
        if not spoken or any(self._decoder.lookup_word(word) is None for word in spoken):
            return []
        self._decoder.set_align_text(" ".join(spoken))
        self._hear(samples, rate)
        segments = [one for one in self._decoder.seg() or () if one.word[0] not in "<["]
        if [one.word.split("(")[0] for one in segments] != spoken:
            return []
        return [one.start_frame / FRAMES_A_SECOND - SILENCE_S for one in segments]

    def _hear(self, samples: npt.NDArray[np.floating], rate: int) -> None:
        if rate != RATE:
            samples = soxr.resample(samples, rate, RATE)
        self._decoder.start_utt()
        self._decoder.process_raw((prepared(samples) * 32767).astype(np.int16).tobytes(), full_utt=True)
        self._decoder.end_utt()
