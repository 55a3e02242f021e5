"""Oscillators of the wave generator: the samples are those of a sum of sines, in every form of the decoder."""

import pytest
import torch
from torch import Tensor

from core.bicodec.forms import decoder_form
from core.bicodec.model import BiCodec
from shared.config import CodecMode
from training.demo_voice.codes import SLOTS
from training.demo_voice.decoder_config import WIDTH, config
from training.demo_voice.oscillators import (
    HARMONICS,
    INPUTS,
    NOISE,
    NOISE_DIRECTIONS,
    START,
    STEP,
    become_oscillators,
    oscillate,
    settings_of,
    spline,
)
from training.demo_voice.synthesis import HOP, synthesise

FRAMES = 24
PEAKS = torch.linspace(0.05, 0.004, HARMONICS)
INNER = slice(3 * HOP, -3 * HOP)


@pytest.fixture(scope="module")
def codec() -> BiCodec:
    torch.manual_seed(3)
    model = BiCodec(config()).eval()
    basis = 0.01 * torch.randn(NOISE_DIRECTIONS, 2 * HOP)
    become_oscillators(model.decoder, scale=torch.ones(INPUTS), peaks=PEAKS, basis=basis)
    model.basis = basis  # type: ignore[assignment]
    return model


@pytest.fixture(scope="module")
def turns() -> tuple[Tensor, Tensor]:
    steps = (SLOTS * (2.2 + torch.sin(torch.arange(FRAMES) / 5) / 3)).round() / SLOTS
    return (steps.cumsum(0) - steps) % 1, steps


def inputs(amplitudes: Tensor, turns: tuple[Tensor, Tensor], noise: Tensor, error: float) -> Tensor:
    x = torch.zeros(1, WIDTH, FRAMES)
    x[0, :HARMONICS] = amplitudes.arcsin().T / 2
    wrong = error * (2 * torch.rand(2, FRAMES) - 1)
    x[0, START], x[0, STEP] = turns[0] + wrong[0], turns[1] + wrong[1]
    x[0, NOISE:INPUTS] = noise.T
    return x


def decibels(samples: Tensor, expected: Tensor) -> float:
    error = (samples - expected)[INNER]
    return float(10 * torch.log10(expected[INNER].square().mean() / error.square().mean()))


def test_generator_sings_the_harmonics_and_the_noise(codec, turns) -> None:
    amplitudes, noise = torch.full((FRAMES, HARMONICS), 0.6), 0.1 * torch.randn(FRAMES, NOISE_DIRECTIONS)
    with torch.inference_mode():
        samples = codec.decoder(inputs(amplitudes, turns, noise, 0.0))[0, 0]
    expected = (oscillate(amplitudes * PEAKS, *turns) + synthesise(noise[None], codec.basis)[0]).tanh()
    assert decibels(samples, expected) > 40


def test_settings_are_read_back(codec) -> None:
    found = settings_of(codec.decoder)
    assert found["scale"].equal(torch.ones(INPUTS))
    assert torch.allclose(found["peaks"], PEAKS)
    assert torch.allclose(found["basis"], codec.basis)


def test_errors_of_the_phase_within_a_slot_are_not_heard(codec, turns) -> None:
    amplitudes, noise = torch.rand(FRAMES, HARMONICS), torch.zeros(FRAMES, NOISE_DIRECTIONS)
    with torch.inference_mode():
        exact, wrong = (codec.decoder(inputs(amplitudes, turns, noise, e))[0, 0] for e in (0.0, 0.3 / SLOTS))
    assert decibels(wrong, exact) > 40


@pytest.mark.parametrize("mode", [CodecMode.FAST, CodecMode.PACKED])
def test_forms_for_cpus_make_the_same_samples(codec, turns, mode) -> None:
    x = inputs(torch.rand(FRAMES, HARMONICS), turns, torch.randn(FRAMES, NOISE_DIRECTIONS), 0.0)
    with torch.inference_mode():
        expected, samples = codec.decoder(x)[0, 0], x
        for part in decoder_form(codec, mode, torch.device("cpu")).parts:
            samples = part(samples)
    assert decibels(samples.flatten(), expected) > 60


def test_spline_passes_whole_steps() -> None:
    for place in (0.0, 0.3, 1.0):
        assert sum(spline(place)) == pytest.approx(place)
    before, here, after = spline(0.0)
    assert spline(1.0) == pytest.approx([after, 1 + before, here])  # the next frame begins where this one ends
