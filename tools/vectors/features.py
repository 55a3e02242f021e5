"""Golden arrays of wav2vec 2.0 features, in the directory of the small Hugging Face model that produced them."""

import re
from collections.abc import Iterator
from pathlib import Path

from core.bicodec.wav2vec2 import load_speech_features
from tools.vectors.arrays import Arrays, Rules, check_arrays, read_arrays
from tools.vectors.verdict import INPUT, Array, ArrayCheck, Verdict, close

NORMALISED = 1e-5
"""Largest tolerated difference of normalised samples."""
STATES = 1e-4
"""Largest tolerated difference of hidden states."""


def check_features(directory: Path, place: str) -> Iterator[ArrayCheck]:
    """Check every array of every npz file in a wav2vec 2.0 directory. Raises CheckpointInvalid."""
    for path in sorted(directory.glob("*.npz")):
        arrays = read_arrays(path)
        yield from check_arrays(f"{place}{path.name}", arrays, _rules(directory, arrays))


def _rules(directory: Path, arrays: Arrays) -> Rules:
    features = load_speech_features(directory)

    def given(_match: re.Match[str], _expected: Array) -> Verdict:
        return INPUT

    def normalised(match: re.Match[str], expected: Array) -> Verdict:
        wave = arrays.tensor(f"wav{match['tag']}").reshape(1, -1)
        return close(features.normalise(wave), expected, NORMALISED)

    def state(match: re.Match[str], expected: Array) -> Verdict:
        states = features.hidden_states(arrays.tensor(f"input_values{match['tag']}"))
        return close(states[int(match["layer"])], expected, STATES)

    def mix(match: re.Match[str], expected: Array) -> Verdict:
        return close(features(arrays.tensor(f"wav{match['tag']}").reshape(1, -1)), expected, STATES)

    return {
        r"wav(_\w+)?": given,
        r"input_values(?P<tag>(_\w+)?)": normalised,
        r"hs(?P<layer>\d+)(?P<tag>(_\w+)?)": state,
        r"mix(?P<tag>(_\w+)?)": mix,
    }
