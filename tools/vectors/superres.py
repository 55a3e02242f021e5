"""Golden arrays of AP-BWE, stage by stage: the whole network is too ill-conditioned in float32 to compare at once.

Names: `wav16k_X` (input), `resampled48k_X`, `log_amp_nb_X` and `phase_nb_X` (analysis), `…_wb_X` (network),
`wav48k_X`, `wav48k_float64_X`. X is any tag; the rates in the names are only ordered.
"""

import copy
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from core.superres.checkpoint import load_super_resolver, weights_file
from core.superres.generator import Generator
from core.superres.model import SuperResolver
from core.superres.spectra import AMPLITUDE_FLOOR, Spectrum
from tools.vectors.arrays import Arrays, MissingArray, Rules, check_arrays, check_digest, read_arrays
from tools.vectors.recording import recorded
from tools.vectors.verdict import INPUT, Array, ArrayCheck, Verdict, close, relative_rms

RESAMPLE = 1e-6
"""Largest tolerated difference of resampled sound."""
ANALYSIS = 3e-5
"""The same of spectra: less than the floor under the amplitudes, so that a missing floor is found."""
NETWORK = 1e-4
"""The same of the network's spectra."""
SYNTHESIS = 1e-5
"""The same of sound from given spectra."""
FLOAT64 = 1e-6
"""The same of sound from the whole network in float64."""
FLOAT32_NOISE = (0.1, 0.9)
"""Bounds of the tolerated relative error of the whole network in float32: signal-to-noise ratios of 20 dB and 1 dB."""


def check_superres(directory: Path, place: str) -> Iterator[ArrayCheck]:
    """Check every array of every npz file in an AP-BWE directory. Raises CheckpointInvalid."""
    resolver = load_super_resolver(directory)
    weights = weights_file(directory)
    check_digest(directory, weights.name, weights)
    files = {path.name: read_arrays(path) for path in sorted(directory.glob("*.npz"))}
    everything = Arrays()
    for arrays in files.values():
        everything |= arrays
    rules = _SuperResVectors(resolver, everything).rules
    for name, arrays in files.items():
        yield from check_arrays(f"{place}{name}", arrays, rules)


class _SuperResVectors:
    def __init__(self, resolver: SuperResolver[Generator], arrays: Arrays) -> None:
        self.resolver = resolver
        self.exact = SuperResolver(resolver.config, copy.deepcopy(resolver.generator).double())
        self.arrays = arrays

    @property
    def rules(self) -> Rules:
        return {
            r"wav[\d.]+k?_float64_(?P<tag>\w+)": self.sound_in_float64,
            r"wav(?P<rate>[\d.]+k?)_(?P<tag>\w+)": self.sound,
            r"resampled[\d.]+k?_(?P<tag>\w+)": self.resampled,
            r"(?P<part>log_amp|phase)_nb_(?P<tag>\w+)": self.analysed,
            r"(?P<part>log_amp|phase)_wb_(?P<tag>\w+)": self.predicted,
        }

    @cached_property
    def low_rate(self) -> str:
        """Return the rate in the names of the inputs."""
        found = (re.match(r"wav([\d.]+k?)_", name) for name in self.arrays)
        return min((match[1] for match in found if match), key=lambda rate: float(rate.rstrip("k")), default="16k")

    def source(self, tag: str) -> Tensor:
        return self.arrays.tensor(f"wav{self.low_rate}_{tag}")

    def spectrum(self, band: str, tag: str) -> Spectrum:
        return Spectrum(self.arrays.tensor(f"log_amp_{band}_{tag}"), self.arrays.tensor(f"phase_{band}_{tag}"))

    def resampled(self, match: re.Match[str], expected: Array) -> Verdict:
        return close(self.resolver.resample(self.source(match["tag"])), expected, RESAMPLE, "resampling")

    def analysed(self, match: re.Match[str], expected: Array) -> Verdict:
        tag = match["tag"]
        given = [name for name in self.arrays if re.fullmatch(rf"resampled[\d.]+k?_{re.escape(tag)}", name)]
        wave = self.arrays.tensor(given[0]) if given else self.resolver.resample(self.source(tag))
        actual = self.resolver.stft.analyse(wave)
        if match["part"] == "log_amp":
            amplitudes = torch.from_numpy(expected).exp()
            return close(actual.log_amplitude.exp(), amplitudes, ANALYSIS, "analysis, as amplitude")
        golden = _complex(self.spectrum("nb", tag))
        return close(_complex(actual), golden, ANALYSIS, "analysis, as e^(i phase) |S|")

    def predicted(self, match: re.Match[str], expected: Array) -> Verdict:
        with recorded(self.resolver.generator) as flow:
            actual = self.resolver.predict(self.spectrum("nb", match["tag"]))
        if match["part"] == "log_amp":
            return close(actual.log_amplitude, expected, NETWORK, "network on the given spectra")
        # The angle of a short vector is ill-conditioned, the vector is not: the turn is weighted by its length.
        length = torch.hypot(flow["linear_post_pha_r"], flow["linear_post_pha_i"]).mT
        turn = (actual.phase - torch.from_numpy(expected) + torch.pi).remainder(2 * torch.pi) - torch.pi
        note = f"network, modulo 2 pi, times the vector's length up to 1; {turn.abs().max():.1e} without"
        return close(turn * length.clamp(max=1), torch.zeros_like(turn), NETWORK, note)

    def sound_in_float64(self, match: re.Match[str], expected: Array) -> Verdict:
        return close(self.exact(self.source(match["tag"]).double()), expected, FLOAT64, "whole, in float64")

    def sound(self, match: re.Match[str], expected: Array) -> Verdict | list[Verdict]:
        if match["rate"] == self.low_rate:
            return INPUT
        return [self.whole(match["tag"], expected), *self.synthesised(match["tag"], expected)]

    def whole(self, tag: str, expected: Array) -> Verdict:
        source = self.source(tag)
        actual = self.resolver(source)
        own_noise = relative_rms(actual, self.exact(source.double()))
        # Two float32 runs differ by twice their own noise, or by a little more.
        low, high = FLOAT32_NOISE
        note = f"whole, in float32: relative rms; own float32 noise is {own_noise:.2f}"
        return Verdict(relative_rms(actual, expected), min(high, max(low, 3 * own_noise)), note)

    def synthesised(self, tag: str, expected: Array) -> Iterator[Verdict]:
        try:
            spectrum = self.spectrum("wb", tag)
        except MissingArray:
            return
        yield close(self.resolver.stft.synthesise(spectrum), expected, SYNTHESIS, "synthesis of the given spectra")


def _complex(spectrum: Spectrum) -> Tensor:
    """Return complex values without the amplitude floor: the phase of silence, that of a signed zero, has no weight."""
    return torch.polar((spectrum.log_amplitude.exp() - AMPLITUDE_FLOOR).clamp(min=0), spectrum.phase)
