import torch

from core.superres.config import SuperResConfig
from core.superres.generator import Generator
from core.superres.spectra import Spectrum

PUBLISHED = SuperResConfig(n_fft=1024, hop=80, win=320, channels=512, layers=8, low_rate=16_000, high_rate=48_000)


def test_published_size() -> None:
    with torch.device("meta"):
        tensors = Generator(PUBLISHED).state_dict()
    assert len(tensors) == 162
    assert sum(tensor.numel() for tensor in tensors.values()) == 29_760_515


def test_frame_reaches_as_far_as_the_config_states() -> None:
    torch.manual_seed(7)
    layers, frames, changed = 2, 40, 20
    config = SuperResConfig(n_fft=16, hop=4, win=8, channels=6, layers=layers, low_rate=8000, high_rate=16000)
    generator = Generator(config).double().requires_grad_(False)
    log_amplitude, phase = torch.randn(2, 1, config.bins, frames, dtype=torch.float64)
    before = generator(Spectrum(log_amplitude, phase))
    phase[..., changed] += 1
    after = generator(Spectrum(log_amplitude, phase))
    seen = (after.log_amplitude != before.log_amplitude).any(1).squeeze(0).nonzero().flatten()
    reach = 3 * (1 + layers)
    assert (seen.min().item(), seen.max().item()) == (changed - reach, changed + reach)
