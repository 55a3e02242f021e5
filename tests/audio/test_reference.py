import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from audio.reference import load_audio, reference_clip, volume_normalize
from shared.errors import ValidationFailed

GOLDEN = Path(__file__).parents[1] / "data" / "frontend"


def wav_bytes(samples: np.ndarray, rate: int, subtype: str = "PCM_16") -> io.BytesIO:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV", subtype=subtype)
    file.seek(0)
    return file


def test_load_audio() -> None:
    with np.load(GOLDEN / "load_audio.npz") as golden:
        plain, normalized = golden["plain"], golden["normalized"]
    made = load_audio(GOLDEN / "stereo24k.wav", rate=16000, max_s=30)
    np.testing.assert_allclose(made, plain, atol=1e-4, rtol=0)
    np.testing.assert_allclose(volume_normalize(made), normalized, atol=1e-4, rtol=0)


def test_first_channel_at_its_own_rate() -> None:
    left = np.linspace(-0.5, 0.5, 100)
    made = load_audio(wav_bytes(np.stack([left, -left], axis=1), 16000, "DOUBLE"), rate=16000, max_s=1)
    np.testing.assert_array_equal(made, left)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (io.BytesIO(b"not a sound at all"), "readable sound format"),
        (io.BytesIO(), "readable sound format"),
        (wav_bytes(np.zeros(0), 16000), "empty"),
        (wav_bytes(np.zeros(16001), 16000), "longer than 1 s"),
        (wav_bytes(np.full(10, np.nan), 16000, "FLOAT"), "not finite"),
        (wav_bytes(np.zeros((10, 9)), 16000), "9 channels"),
    ],
)
def test_refused_audio(source: io.BytesIO, reason: str) -> None:
    with pytest.raises(ValidationFailed, match=reason):
        load_audio(source, rate=16000, max_s=1)


def test_volume_normalize() -> None:
    with np.load(GOLDEN / "volume_normalize.npz") as golden:
        cases = [name.removeprefix("in_") for name in golden.files if name.startswith("in_")]
        assert len(cases) == 6
        for case in cases:
            made = volume_normalize(golden[f"in_{case}"])
            np.testing.assert_allclose(made, golden[f"out_{case}"], atol=1e-12, rtol=0, err_msg=case)


@given(st.lists(st.floats(-2, 2), max_size=60))
def test_volume_normalize_never_clips(samples: list[float]) -> None:
    made = volume_normalize(np.array(samples, np.float64))
    assert len(made) == len(samples)
    # With ten audible samples or fewer the sound is returned unchanged.
    if np.sum(np.abs(samples) > 0.01) > 10:
        assert np.abs(made).max() <= 1 + 1e-12


def test_reference_clip() -> None:
    with np.load(GOLDEN / "ref_clip.npz") as golden:
        for case in range(10):
            rate, seconds, hop, length = golden[f"case{case}_params"]
            wave = np.arange(length)
            made = reference_clip(wave, rate=int(rate), seconds=seconds, hop=int(hop))
            np.testing.assert_array_equal(made, golden[f"case{case}_index"], err_msg=str(case))


def test_empty_reference_is_refused() -> None:
    with pytest.raises(ValidationFailed, match="empty"):
        reference_clip(np.zeros(0), rate=16000, seconds=6, hop=320)
