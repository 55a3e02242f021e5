"""Golden arrays of what comes before the codec: volume, reference clip, sound files and, in `mel.py`, spectrograms."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from audio.reference import load_audio, reference_clip, volume_normalize
from tools.vectors.arrays import Arrays, NotGiven, Rules, judged, read_arrays
from tools.vectors.filterbank import RATE_STEP_HZ
from tools.vectors.mel import MelVectors
from tools.vectors.verdict import GIVEN, Array, ArrayCheck, Verdict, close, equal

VOLUME = 1e-7
SOUND_FILE = 1e-4
"""Between versions of libsoxr."""
SOUND_FILES = frozenset({".wav", ".flac", ".ogg"})
LONGEST_S = 3600


def check_frontend(directory: Path, place: str) -> Iterator[ArrayCheck]:
    """Every array of every npz file in a directory without a checkpoint. Raises CheckpointInvalid."""
    for path in sorted(directory.glob("*.npz")):
        arrays = read_arrays(path)
        rules = _FrontEndVectors(arrays, directory).rules
        yield from judged(f"{place}{path.name}", arrays, rules)


class _FrontEndVectors:
    def __init__(self, arrays: Arrays, directory: Path) -> None:
        self.arrays = arrays
        self.directory = directory

    @property
    def rules(self) -> Rules:
        return {
            r"in_\w+|\w+_params|wav(_\w+)?": lambda _match, _wanted: GIVEN,
            r"out_(?P<case>\w+)": self.levelled,
            r"(?P<case>\w+)_index": self.clip,
            r"(?P<what>plain|normalized)(_(?P<stem>\w+))?": self.loaded,
            **MelVectors(self.arrays).rules,
        }

    def levelled(self, match: re.Match[str], wanted: Array) -> Verdict:
        given = self.arrays.tensor(f"in_{match['case']}").double().numpy()
        return close(volume_normalize(given), wanted, VOLUME)

    def clip(self, match: re.Match[str], wanted: Array) -> Verdict:
        rate, seconds, hop, length = self.arrays.tensor(f"{match['case']}_params").tolist()
        places = reference_clip(np.arange(length), rate=int(rate), seconds=seconds, hop=int(hop))
        return equal(places, wanted, f"{length / rate:g} s at {rate:g} Hz to {seconds:g} s in hops of {hop:g}")

    def loaded(self, match: re.Match[str], wanted: Array) -> Verdict:
        path = self.sound_file(match["stem"])
        info = soundfile.info(path)
        rate = RATE_STEP_HZ * round(len(wanted) * info.samplerate / info.frames / RATE_STEP_HZ)
        made = load_audio(path, rate=rate, max_s=LONGEST_S)
        if match["what"] == "normalized":
            made = volume_normalize(made)
        return close(made, wanted, SOUND_FILE, f"{path.name} at {rate} Hz, the rate inferred from the length")

    def sound_file(self, stem: str | None) -> Path:
        """The one named `stem`, or the only one there is."""
        found = sorted(path for path in self.directory.iterdir() if path.suffix.lower() in SOUND_FILES)
        named = [path for path in found if path.stem == stem] or found
        if len(named) != 1:
            raise NotGiven(f"sound file {stem or ''} beside it".replace("  ", " "))
        return named[0]
