from pathlib import Path

import numpy as np
import pytest
import torch

from core.bicodec.config import MelConfig
from core.bicodec.mel import MelSpectrogram, hz_to_mel, mel_to_hz

GOLDEN = Path(__file__).parents[2] / "data" / "frontend" / "mel.npz"
PUBLISHED = MelConfig(
    sample_rate=16000, n_fft=1024, win_length=640, hop_length=320, mel_fmin=10, mel_fmax=None, num_mels=128
)


def test_published_settings() -> None:
    mel = MelSpectrogram(PUBLISHED)
    with np.load(GOLDEN) as golden:
        np.testing.assert_allclose(mel.window, golden["window_real"], atol=1e-6, rtol=0)
        np.testing.assert_allclose(mel.filters, golden["fb_real"], atol=1e-6, rtol=0)
        np.testing.assert_allclose(mel(torch.from_numpy(golden["wav"])), golden["mel_real"], atol=1e-4, rtol=0)


@pytest.mark.parametrize("hz", [0.0, 10.0, 999.0, 1000.0, 6400.0, 8000.0])
def test_scale_and_its_inverse(hz: float) -> None:
    assert mel_to_hz(torch.tensor(hz_to_mel(hz), dtype=torch.float64)).item() == pytest.approx(hz, abs=1e-9)


def test_scale_is_linear_below_1_khz_and_27_steps_to_6_4_khz() -> None:
    assert (hz_to_mel(200.0), hz_to_mel(1000.0), hz_to_mel(6400.0)) == pytest.approx((3, 15, 42))


def test_filters_have_equal_areas() -> None:
    filters = MelSpectrogram(PUBLISHED).filters
    # Wide ones only: the narrow ones are sampled too coarsely for a sum to be an area.
    areas = filters[:, -20:].sum(0) * (8000 / 512)
    torch.testing.assert_close(areas, torch.ones(20), atol=0.01, rtol=0)
