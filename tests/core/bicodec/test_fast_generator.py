"""The wave generators for CPUs give the samples of the plain one."""

import pytest
import torch
from numpy.testing import assert_allclose

from core.bicodec import fast_generator, row_convolution
from core.bicodec.fast_generator import FastWaveGenerator
from core.bicodec.model import BiCodec
from core.bicodec.packed_generator import PackedWaveGenerator
from core.bicodec.toom_cook import OUTPUTS, POINTS, TAPS, transforms
from tests.core.bicodec.networks import ODD, PUBLISHED, Topology, random_bicodec


def test_transforms_convolve() -> None:
    t = transforms()
    x, w = torch.randn(POINTS, dtype=torch.float64), torch.randn(TAPS, dtype=torch.float64)
    expected = torch.stack([(x[i : i + TAPS] * w).sum() for i in range(OUTPUTS)])
    torch.testing.assert_close(t.output @ ((t.kernel @ w) * (t.input @ x)), expected, rtol=0, atol=1e-10)


def compare(model: BiCodec, frames: int) -> None:
    x = torch.randn(1, model.config.decoder.input_channel, frames, generator=torch.Generator().manual_seed(frames))
    with torch.inference_mode():
        plain = model.decoder(x)
        assert plain.std() > 0.01
        for parts in (FastWaveGenerator(model.decoder).parts, PackedWaveGenerator(model.decoder, dtype=x.dtype).parts):
            rows = x[0].T
            for part in parts:
                rows = part(rows)
            assert_allclose(rows.numpy(), plain.flatten().numpy(), rtol=0, atol=5e-5)


@pytest.mark.parametrize("topology", [PUBLISHED, *ODD], ids=str)
@pytest.mark.parametrize("frames", [1, 2, 13])
def test_any_topology(topology: Topology, frames: int) -> None:
    compare(random_bicodec(topology, seed=5), frames)


def test_packed_generator_runs_without_onednn(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS."""
    monkeypatch.setattr(row_convolution, "PACKS", False)
    for topology in (PUBLISHED, *ODD):
        compare(random_bicodec(topology, seed=5), 13)


@pytest.mark.parametrize("rows", [1, 40, 100])
def test_tile_size_does_not_change_the_samples(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """Includes tiles smaller than a dilated convolution's kernel."""
    monkeypatch.setattr(fast_generator, "TILE_ROWS", rows)
    monkeypatch.setattr(fast_generator, "TILE_VALUES", 1)
    compare(random_bicodec(PUBLISHED, seed=5), 5)


def test_snake_without_slope() -> None:
    """Values of α far from 1, and 0, by which weights cannot be divided."""
    model = random_bicodec(Topology(), seed=5)
    with torch.no_grad():
        for name, parameter in model.decoder.named_parameters():
            if name.endswith("alpha"):
                parameter.flatten()[0] = 0
                parameter.flatten()[1] = 30
    compare(model, 9)
