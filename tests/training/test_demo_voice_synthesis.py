"""Lapped transform of the noise, and its main directions."""

import torch

from training.demo_voice.synthesis import HOP, analyse, cosines, main_directions, synthesise


def test_lapped_transform_reconstructs_samples() -> None:
    samples = torch.randn(1, 12 * HOP, generator=torch.Generator().manual_seed(1))
    again = synthesise(analyse(samples, cosines()), cosines())
    inner = slice(HOP // 2, -HOP // 2)  # half a window at each end has no overlap
    torch.testing.assert_close(again[:, inner], samples[:, inner], atol=1e-5, rtol=0)


def test_main_directions_keep_the_energy() -> None:
    tones = torch.sin(torch.arange(40 * HOP) * torch.tensor([[0.03], [0.1], [0.2]])).sum(0)
    basis, shares = main_directions([tones], 24)
    torch.testing.assert_close(basis @ basis.T, torch.eye(24), atol=1e-4, rtol=0)
    assert shares.sum() > 0.99
    torch.testing.assert_close(
        synthesise(analyse(tones[None], basis), basis)[0, HOP:-HOP], tones[HOP:-HOP], atol=0.2, rtol=0
    )
