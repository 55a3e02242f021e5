"""A recogniser that hears which of a few sentences was spoken; offline, English."""

import io
import re
import wave
from collections.abc import Sequence

import numpy as np
from pocketsphinx import Config, Decoder


class Listener:
    """Knows a closed list of sentences, and picks the one it hears."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self._plain = {_words(sentence): sentence for sentence in sentences}
        self._decoder = Decoder(Config(loglevel="FATAL", samprate=16_000))
        unknown = {word for plain in self._plain for word in plain.split() if self._decoder.lookup_word(word) is None}
        assert not unknown, f"the recogniser does not know {unknown}"
        rules = " | ".join(self._plain)
        grammar = f"#JSGF V1.0; grammar heard; <one> = {rules}; public <several> = <one>+;"
        self._decoder.add_jsgf_string("heard", grammar)
        self._decoder.activate_search("heard")

    def hear(self, wav: bytes) -> str | None:
        """The sentence that a 16 kHz WAV file holds, or None."""
        with wave.open(io.BytesIO(wav)) as file:
            assert file.getframerate() == 16_000
            samples = np.frombuffer(file.readframes(10**9), "<i2")
        return self._plain.get(self._words_in(samples))

    def hear_all(self, samples: np.ndarray) -> list[str]:
        """The sentences that 16-bit samples hold, in order; what is none of them is left as it was heard."""
        heard, found = self._words_in(samples), []
        while heard:
            plain = next((plain for plain in self._plain if heard.startswith(plain)), heard)
            found.append(self._plain.get(plain, plain))
            heard = heard[len(plain) :].strip()
        return found

    def _words_in(self, samples: np.ndarray) -> str:
        quiet = np.zeros(4_000, "<i2")
        self._decoder.start_utt()
        self._decoder.process_raw(np.concatenate([quiet, samples, quiet]).tobytes(), full_utt=True)
        self._decoder.end_utt()
        heard = self._decoder.hyp()
        return heard.hypstr if heard else ""


def _words(sentence: str) -> str:
    return " ".join(re.findall(r"[a-z']+", sentence.lower()))
