"""Linear synthesis: training computes the same samples as the exported wave generator."""

import torch

from core.bicodec.model import BiCodec
from training.demo_voice.decoder_config import DIRECTIONS, config
from training.demo_voice.synthesis import HOP, analyse, become_linear, cosines, main_directions, synthesise


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


def test_wave_generator_computes_the_synthesis() -> None:
    generator = BiCodec(config()).decoder
    random = torch.Generator().manual_seed(2)
    basis = torch.randn(DIRECTIONS, 2 * HOP, generator=random) / 100
    become_linear(generator, basis)
    features = torch.randn(1, config().decoder.input_channel, 9, generator=random)
    with torch.inference_mode():
        samples = generator(features)[:, 0]
    expected = synthesise(features[:, :DIRECTIONS].mT, basis).tanh()
    torch.testing.assert_close(samples, expected, atol=1e-5, rtol=0)
