"""Teachers of each language: flite for English, espeak-ng for Hindi and Telugu, both for lines that mix scripts."""

import re
from dataclasses import replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from training.demo_voice.espeak import EspeakVoice
from training.demo_voice.flite import FliteVoice
from training.demo_voice.phones import Phone, Span, snap

ENGLISH_VOICE = "rms"
LANGUAGES = ("en", "hi", "te", "hi-en", "te-en")
_COMMA_FRAMES = 10
RUNS = re.compile(r"[A-Za-z](?:[A-Za-z' ]*[A-Za-z])?|[^A-Za-z]+")


class Teacher(Protocol):
    """Synthesizer that the demo voice is trained on."""

    def phones(self, text: str) -> list[Phone]: ...

    def speak(self, text: str) -> tuple[npt.NDArray[np.float64], list[Phone]]: ...


def teacher(language: str, *, waves: bool = False) -> Teacher:
    """Return the teacher of `en`, `hi` or `te`."""
    return FliteVoice(ENGLISH_VOICE, waves=waves) if language == "en" else EspeakVoice(language)


class Timer:
    """Timer of phones on the grid; in `hi-en` and `te-en`, flite reads runs of Latin letters.

    `waves` must be the same for all teachers of a process.
    """

    def __init__(self, language: str, *, waves: bool = False) -> None:
        own, _, guest = language.partition("-")
        self._own = teacher(own, waves=waves)
        self._guest = teacher(guest, waves=waves) if guest else None

    def spans(self, text: str) -> list[Span]:
        """Return the phones of a text on the grid; none if a teacher returns no phones."""
        if self._guest is None:
            return snap(self._own.phones(text))
        row: list[Span] = []
        comma = False
        for run in RUNS.findall(text):
            if not re.search(r"\w", run):
                comma = comma or "," in run
                continue
            voice = self._guest if run[0].isascii() and run[0].isalpha() else self._own
            part = snap(voice.phones(run.strip(" ,")))
            if not part:
                return []
            if row:
                pause = [replace(row[-1], frames=_COMMA_FRAMES)] if comma or run.startswith(",") else []
                row = [*row[:-1], *pause, *part[1:]]
            else:
                row = part
            comma = run.rstrip().endswith(",")
        return row
