"""The fast network equals the plain one except for rounding, with golden and random weights, few and many frames."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from core.superres.checkpoint import load_super_resolver
from core.superres.config import SuperResConfig
from core.superres.fast_generator import TILE_ROWS, FastGenerator
from core.superres.generator import Generator
from core.superres.spectra import Spectrum

GOLDEN = Path(__file__).parents[2] / "data" / "apbwe_a"
ODD = SuperResConfig(n_fft=50, hop=5, win=20, channels=7, layers=2, low_rate=8000, high_rate=24_000)


def random_generator(config):
    torch.manual_seed(1)
    generator = Generator(config).requires_grad_(False).eval()
    for parameter in generator.parameters():
        parameter += 0.1 * torch.randn_like(parameter)  # norms, gammas and biases are trivial as they are made
    return generator


GENERATORS = {"golden": load_super_resolver(GOLDEN).generator, "odd": random_generator(ODD)}


@pytest.fixture(scope="module", params=["alone", "beside"])
def beside(request):
    if request.param == "alone":
        yield None
        return
    with ThreadPoolExecutor(1, initializer=torch.set_num_threads, initargs=(1,)) as executor:
        yield executor


@pytest.mark.parametrize("frames", [1, 2, 60, TILE_ROWS, 2 * TILE_ROWS + 3])
@pytest.mark.parametrize("name", GENERATORS)
def test_fast_generator_equals_the_plain_one(name, frames, beside):
    generator = GENERATORS[name]
    bins = generator.conv_pre_mag.in_channels
    given = Spectrum(torch.randn(1, bins, frames) * 3 - 6, (torch.rand(1, bins, frames) - 0.5) * 2 * torch.pi)
    kept = Spectrum(given.log_amplitude.clone(), given.phase.clone())
    with torch.inference_mode():
        plain, fast = generator(given), FastGenerator(generator, phase_executor=beside)(given)
    torch.testing.assert_close(fast.log_amplitude, plain.log_amplitude, rtol=0, atol=1e-4)
    # A phase alone is worth nothing where the vector it is the angle of is short.
    near = torch.cos(fast.phase - plain.phase) > 1 - 1e-6
    assert near.float().mean() > 0.999
    assert torch.equal(given.log_amplitude, kept.log_amplitude) and torch.equal(given.phase, kept.phase)


@pytest.mark.parametrize("wanted", [slice(0, 20), slice(13, 30), slice(40, 41), slice(45, None)])
@pytest.mark.parametrize("name", GENERATORS)
def test_range_of_frames_equals_that_of_all_frames(name, wanted):
    generator = GENERATORS[name]
    bins = generator.conv_pre_mag.in_channels
    given = Spectrum(torch.randn(1, bins, 60) * 3 - 6, (torch.rand(1, bins, 60) - 0.5) * 2 * torch.pi)
    with torch.inference_mode():
        fast = FastGenerator(generator, phase_executor=None)
        some, everything = fast(given, wanted), fast(given)
    torch.testing.assert_close(some.log_amplitude, everything.log_amplitude[..., wanted], rtol=0, atol=1e-4)
    assert (torch.cos(some.phase - everything.phase[..., wanted]) > 1 - 1e-6).float().mean() > 0.999


def test_error_on_the_phase_thread_reaches_the_caller():
    with ThreadPoolExecutor(1) as executor:
        fast = FastGenerator(GENERATORS["odd"], phase_executor=executor)
        with pytest.raises(RuntimeError), torch.inference_mode():
            fast(Spectrum(torch.zeros(1, 26, 3), torch.zeros(1, 25, 3)))
