"""Each step against the output of upstream's AP-BWE for the same input, and the equality of pieces and whole."""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from core.superres.checkpoint import load_super_resolver
from core.superres.model import SuperResolver
from core.superres.spectra import AMPLITUDE_FLOOR, Spectrum

GOLDEN = Path(__file__).parents[2] / "data" / "apbwe_a"
LENGTHS = (16000, 5003, 1600, 640)
SPECTRA_LENGTHS = (1600, 640)


@pytest.fixture(scope="module")
def resolver() -> SuperResolver:
    return load_super_resolver(GOLDEN)


@pytest.fixture(scope="module")
def exact(resolver: SuperResolver) -> SuperResolver:
    """Return the model in float64, in which pieces and whole signals can be compared."""
    return SuperResolver(resolver.config, copy.deepcopy(resolver.generator).double())


@pytest.fixture(scope="module")
def golden() -> dict[str, Tensor]:
    arrays: dict[str, Tensor] = {}
    for file in ("io.npz", "spectra.npz"):
        with np.load(GOLDEN / file) as content:
            arrays |= {name: torch.from_numpy(content[name]) for name in content.files}
    return arrays


def spectrum(golden: dict[str, Tensor], band: str, length: int) -> Spectrum:
    return Spectrum(log_amplitude=golden[f"log_amp_{band}_{length}"], phase=golden[f"phase_{band}_{length}"])


def complex_values(spectrum: Spectrum) -> Tensor:
    """Return the transform without the amplitude floor, to which an empty bin would give an arbitrary phase."""
    return torch.polar(spectrum.log_amplitude.exp() - AMPLITUDE_FLOOR, spectrum.phase)


@pytest.mark.parametrize("length", LENGTHS)
def test_resample(resolver: SuperResolver, golden: dict[str, Tensor], length: int) -> None:
    made = resolver.resample(golden[f"wav16k_{length}"])
    torch.testing.assert_close(made, golden[f"resampled48k_{length}"], atol=1e-6, rtol=0)


@pytest.mark.parametrize("length", SPECTRA_LENGTHS)
def test_analysis(resolver: SuperResolver, golden: dict[str, Tensor], length: int) -> None:
    made = resolver.stft.analyse(golden[f"resampled48k_{length}"])
    wanted = complex_values(spectrum(golden, "nb", length))
    torch.testing.assert_close(complex_values(made), wanted, atol=1e-5, rtol=0)


@pytest.mark.parametrize("length", SPECTRA_LENGTHS)
def test_network(resolver: SuperResolver, golden: dict[str, Tensor], length: int) -> None:
    made, wanted = resolver.predict(spectrum(golden, "nb", length)), spectrum(golden, "wb", length)
    torch.testing.assert_close(made.log_amplitude, wanted.log_amplitude, atol=1e-4, rtol=0)
    turn = (made.phase - wanted.phase + torch.pi).remainder(2 * torch.pi) - torch.pi
    # The angle of a short vector is worth less than the vector: the order of summation alone moves it by 2e-4.
    assert turn.abs().max() < 5e-4
    assert turn.abs().mean() < 5e-6


@pytest.mark.parametrize("length", SPECTRA_LENGTHS)
def test_synthesis(resolver: SuperResolver, golden: dict[str, Tensor], length: int) -> None:
    made = resolver.stft.synthesise(spectrum(golden, "wb", length))
    torch.testing.assert_close(made, golden[f"wav48k_{length}"], atol=1e-5, rtol=0)


@pytest.mark.parametrize("length", LENGTHS)
def test_whole_in_float64(exact: SuperResolver, golden: dict[str, Tensor], length: int) -> None:
    made = exact(golden[f"wav16k_{length}"].double())
    torch.testing.assert_close(made, golden[f"wav48k_float64_{length}"].double(), atol=2e-7, rtol=0)


def test_whole_in_float32_has_the_golden_length_and_energy(resolver: SuperResolver, golden: dict[str, Tensor]) -> None:
    # Phases near +-pi flip on rounding errors, so float32 results agree only roughly between machines.
    wanted = golden["wav48k_5003"]
    made = resolver(golden["wav16k_5003"])
    assert made.shape == wanted.shape == (1, 14960)
    assert (made - wanted).square().mean() < 0.25 * wanted.square().mean()


def test_batch_equals_singles(exact: SuperResolver, golden: dict[str, Tensor]) -> None:
    wave = golden["wav16k_1600"].double()
    both = torch.cat([wave, wave.flip(-1)])
    torch.testing.assert_close(exact(both), torch.cat([exact(wave), exact(wave.flip(-1))]), atol=1e-9, rtol=0)


def test_too_short(resolver: SuperResolver) -> None:
    with pytest.raises(ValueError, match="too few"):
        resolver(torch.zeros(1, 170))


@pytest.mark.parametrize("start", [160, 480, 800])
def test_pieces_equal_the_whole(exact: SuperResolver, golden: dict[str, Tensor], start: int) -> None:
    config, ratio, keep = exact.config, 3, 320
    # The phase of a true zero is a coin toss, so the shared stages begin at identical high-rate samples.
    wave = exact.resample(golden["wav16k_1600"].double())
    whole = synthesised(exact, wave)
    context = -(-config.context // config.grid) * config.grid
    left, right = max(0, start - context), min(1600, start + keep + context)
    piece = synthesised(exact, wave[:, ratio * left : ratio * right])
    offset = ratio * (start - left)
    torch.testing.assert_close(
        piece[:, offset : offset + ratio * keep],
        whole[:, ratio * start : ratio * (start + keep)],
        atol=1e-9,
        rtol=0,
    )


@pytest.mark.parametrize("wanted", [slice(0, 100), slice(960, 2883), slice(2000, None)])
def test_range_of_samples_equals_that_of_all_samples(
    exact: SuperResolver, golden: dict[str, Tensor], wanted: slice
) -> None:
    wave = golden["wav16k_1600"].double()
    torch.testing.assert_close(exact(wave, wanted=wanted), exact(wave)[:, wanted], atol=1e-12, rtol=0)


def synthesised(resolver: SuperResolver, wave: Tensor) -> Tensor:
    return resolver.stft.synthesise(resolver.predict(resolver.stft.analyse(wave)))
