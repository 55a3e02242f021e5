import math

import pytest
import torch

from core.superres.resample import resample, resampled_length


@pytest.mark.parametrize(("source", "target"), [(16000, 48000), (16000, 44100), (8000, 11025), (48000, 16000)])
def test_tone_keeps_its_frequency(source: int, target: int) -> None:
    def tone(rate: int) -> torch.Tensor:
        return torch.sin(2 * math.pi * 440 * torch.arange(rate // 5, dtype=torch.float64) / rate).unsqueeze(0)

    made = resample(tone(source), source_rate=source, target_rate=target)
    wanted = tone(target)
    assert made.shape == wanted.shape
    inner = slice(target // 50, -target // 50)
    torch.testing.assert_close(made[:, inner], wanted[:, inner], atol=2e-3, rtol=0)


@pytest.mark.parametrize(("samples", "length"), [(1, 3), (147, 441), (0, 0)])
def test_length_is_rounded_up(samples: int, length: int) -> None:
    assert resampled_length(samples, source_rate=16000, target_rate=48000) == length
    assert resampled_length(samples, source_rate=48000, target_rate=16000) == -(-samples // 3)


def test_published_ratio_by_its_formula() -> None:
    """y[3m + p] = sum over j of h(0.99 (j - p / 3)) x[m + j], with zeros outside the signal."""
    generator = torch.Generator().manual_seed(3)
    wave = torch.randn(1, 40, generator=generator, dtype=torch.float64)

    def tap(crossings: float) -> float:
        clamped = max(-6.0, min(6.0, crossings))
        sinc = 1.0 if clamped == 0 else math.sin(math.pi * clamped) / (math.pi * clamped)
        return 0.99 * sinc * math.cos(math.pi * clamped / 12) ** 2

    wanted = [
        sum(tap(0.99 * (j - p / 3)) * wave[0, m + j].item() for j in range(-7, 8) if 0 <= m + j < 40)
        for m in range(40)
        for p in range(3)
    ]
    made = resample(wave, source_rate=16000, target_rate=48000)
    torch.testing.assert_close(made, torch.tensor([wanted], dtype=torch.float64), atol=1e-12, rtol=0)
