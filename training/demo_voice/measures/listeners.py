"""Recognisers that listen to English: pocketsphinx and Moonshine. Both are free, offline and unaware of the text."""

import re
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from processing.normalise import normalise
from training.demo_voice.recogniser import RATE, Recogniser, errors, prepared, words

_OUR = re.compile(r"([a-z]{3})our(?=s?\b|ed\b|ing\b)")


class Listener(Protocol):
    """Recogniser of speech."""

    def recognise(self, samples: npt.NDArray[np.floating]) -> list[str]:
        """Return the words of a recording at 16 kHz."""


class Moonshine:
    """Moonshine's smallest English model, 27 M parameters, which its package contains (group `train`)."""

    def __init__(self) -> None:
        from moonshine_voice import ModelArch, get_model_path  # 57 MB that only this listener needs
        from moonshine_voice.transcriber import Transcriber

        options = {"vad_threshold": 0.0}  # a recording is one sentence
        self._transcriber = Transcriber(str(get_model_path("tiny-en")), ModelArch.TINY, options=options)

    def recognise(self, samples: npt.NDArray[np.floating]) -> list[str]:
        found = self._transcriber.transcribe_without_streaming(prepared(samples).tolist(), RATE)
        return words(normalise(" ".join(line.text for line in found.lines)))


def listeners() -> dict[str, Listener]:
    """Return all listeners by name."""
    return {"pocketsphinx": Recogniser(), "moonshine": Moonshine()}


def word_errors(listener: Listener, text: str, samples: npt.NDArray[np.floating]) -> tuple[int, int]:
    """Return the wrong words that a listener hears, and the number of words of the text; silence is all wrong."""
    wanted = _american(words(text))
    heard = _american(listener.recognise(samples)) if len(samples) else []
    return errors(wanted, heard), len(wanted)


def _american(spelt: Sequence[str]) -> list[str]:
    """Return the words as both listeners spell them."""
    return _OUR.sub(r"\1or", " ".join(spelt)).split()
