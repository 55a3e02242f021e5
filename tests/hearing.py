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
        self._decoder.add_jsgf_string("sentences", f"#JSGF V1.0; grammar sentences; public <sentence> = {rules};")
        self._decoder.activate_search("sentences")

    def hear(self, wav: bytes) -> str | None:
        """The sentence that a 16 kHz WAV file holds, or None."""
        with wave.open(io.BytesIO(wav)) as file:
            assert file.getframerate() == 16_000
            samples = np.frombuffer(file.readframes(10**9), "<i2")
        quiet = np.zeros(4_000, "<i2")
        self._decoder.start_utt()
        self._decoder.process_raw(np.concatenate([quiet, samples, quiet]).tobytes(), full_utt=True)
        self._decoder.end_utt()
        heard = self._decoder.hyp()
        return self._plain.get(heard.hypstr) if heard else None


def _words(sentence: str) -> str:
    return " ".join(re.findall(r"[a-z']+", sentence.lower()))
