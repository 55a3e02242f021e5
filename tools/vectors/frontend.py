"""Golden arrays of the stages before the codec: volume, reference clip, sound files and, in `mel.py`, spectrograms."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from audio.reference import load_audio, reference_clip, volume_normalize
from tools.vectors.arrays import Arrays, MissingArray, Rules, check_arrays, read_arrays
from tools.vectors.filterbank import RATE_STEP_HZ
from tools.vectors.mel import MelVectors
from tools.vectors.verdict import INPUT, Array, ArrayCheck, Verdict, close, equal

VOLUME = 1e-7
"""Largest tolerated difference of samples after volume normalisation."""
SOUND_FILE = 1e-4
"""Largest tolerated difference of a loaded file's samples: versions of libsoxr differ."""
SOUND_FILES = frozenset({".wav", ".flac", ".ogg"})
MAX_S = 3600
"""Longest sound file that is read, in seconds."""


def check_frontend(directory: Path, place: str) -> Iterator[ArrayCheck]:
    """Check every array of every npz file in a directory without a checkpoint. Raises CheckpointInvalid."""
    for path in sorted(directory.glob("*.npz")):
        arrays = read_arrays(path)
        rules = _FrontEndVectors(arrays, directory).rules
        yield from check_arrays(f"{place}{path.name}", arrays, rules)


class _FrontEndVectors:
    def __init__(self, arrays: Arrays, directory: Path) -> None:
        self.arrays = arrays
        self.directory = directory

    @property
    def rules(self) -> Rules:
        return {
            r"in_\w+|\w+_params|wav(_\w+)?": lambda _match, _expected: INPUT,
            r"out_(?P<case>\w+)": self.levelled,
            r"(?P<case>\w+)_index": self.clip,
            r"(?P<what>plain|normalized)(_(?P<stem>\w+))?": self.loaded,
            **MelVectors(self.arrays).rules,
        }

    def levelled(self, match: re.Match[str], expected: Array) -> Verdict:
        given = self.arrays.tensor(f"in_{match['case']}").double().numpy()
        return close(volume_normalize(given), expected, VOLUME)

    def clip(self, match: re.Match[str], expected: Array) -> Verdict:
        rate, seconds, hop, length = self.arrays.tensor(f"{match['case']}_params").tolist()
        places = reference_clip(np.arange(length), rate=int(rate), seconds=seconds, hop=int(hop))
        return equal(places, expected, f"{length / rate:g} s at {rate:g} Hz to {seconds:g} s in hops of {hop:g}")

    def loaded(self, match: re.Match[str], expected: Array) -> Verdict:
        path = self.sound_file(match["stem"])
        info = soundfile.info(path)
        rate = RATE_STEP_HZ * round(len(expected) * info.samplerate / info.frames / RATE_STEP_HZ)
        actual = load_audio(path, rate=rate, max_s=MAX_S)
        if match["what"] == "normalized":
            actual = volume_normalize(actual)
        return close(actual, expected, SOUND_FILE, f"{path.name} at {rate} Hz, the rate inferred from the length")

    def sound_file(self, stem: str | None) -> Path:
        """Return the file named `stem`, or the only one in the directory."""
        found = sorted(path for path in self.directory.iterdir() if path.suffix.lower() in SOUND_FILES)
        named = [path for path in found if path.stem == stem] or found
        if len(named) != 1:
            raise MissingArray(f"sound file {stem or ''} beside it".replace("  ", " "))
        return named[0]
