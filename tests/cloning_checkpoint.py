"""Encode side with random weights for a built checkpoint, and recordings of synthetic speakers."""

import io
import shutil
from pathlib import Path

import numpy as np
import soundfile

from core.cloning.encoder import FEATURES
from tools.checkpoints.encode_side import write_encode_side

TINY_FEATURES = Path(__file__).parent / "data/frontend/wav2vec2_tiny"


def add_encode_side(root: Path, *, features: bool = False) -> Path:
    """Add the encode side to `BiCodec/`, and with `features` a small model of speech features; return `root`."""
    write_encode_side(root / "BiCodec")
    if features:
        shutil.copytree(TINY_FEATURES, root / FEATURES)
    return root


def speech_like(pitch_hz: float = 120.0, seconds: float = 6.0, *, rate: int = 16_000, seed: int = 0) -> np.ndarray:
    """Return a buzz of syllables with a little noise, float64 (N,): enough for the checks of a recording."""
    t = np.arange(int(rate * seconds)) / rate
    buzz = sum(np.sin(2 * np.pi * pitch_hz * k * t) / k for k in range(1, 15) if pitch_hz * k < rate / 2)
    noise = np.random.default_rng(seed).standard_normal(len(t))
    return 0.2 * buzz * (np.sin(2 * np.pi * 3 * t) > -0.3) + 0.001 * noise


def sound_file(wave: np.ndarray, *, rate: int = 16_000, format: str = "WAV") -> bytes:
    """Return the file of a wave."""
    file = io.BytesIO()
    soundfile.write(file, wave, rate, format=format)
    return file.getvalue()
