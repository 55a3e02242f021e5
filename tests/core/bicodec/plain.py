"""BiCodec's decode side once more, from the formulas, in NumPy and float64; slow, and shares no code with the real one.

Weights come as a mapping of folded keys.
"""

from collections.abc import Mapping
from math import erf, prod, sqrt

import numpy as np
from numpy.typing import NDArray

from core.bicodec.config import BiCodecConfig

Array = NDArray[np.float64]
_erf = np.vectorize(erf)


class PlainBiCodec:
    def __init__(self, config: BiCodecConfig, weights: Mapping[str, Array]) -> None:
        self.config, self.weights = config, weights

    def detokenize(self, semantic: list[int], speaker: list[int]) -> Array:
        z = self._conv("quantizer.out_project", self.weights["quantizer.codebook.weight"][semantic].T)
        d = self._d_vector(speaker)
        return self._generator(self._prenet(z, d) + d[:, None])

    def _d_vector(self, ids: list[int]) -> Array:
        levels = self.config.speaker_encoder.fsq_levels
        codes = np.array([[(i // prod(levels[:j]) % n - n // 2) / (n // 2) for j, n in enumerate(levels)] for i in ids])
        latent = self._linear("speaker_encoder.quantizer.project_out", codes)
        return self._linear("speaker_encoder.project", np.concatenate([latent[:, c] for c in range(latent.shape[1])]))

    def _prenet(self, z: Array, d: Array) -> Array:
        x = self._linear("prenet.linear_pre", z.T)
        for i, ratio in enumerate(self.config.prenet.sample_ratios):
            x = self._backbone(f"prenet.downsample.{i}.1", self._upsample(f"prenet.downsample.{i}.0", x.T, ratio), None)
        y = self._linear("prenet.linear", self._backbone("prenet.vocos_backbone", x.T, d)).T
        return np.tanh(y) if self.config.prenet.use_tanh_at_final else y

    def _upsample(self, name: str, x: Array, ratio: int) -> Array:
        if ratio == 1:
            return 3 * x
        kernel = self.weights[f"{name}.de_conv_upsampler.1.weight"][:, 0]
        leaky = np.where(x > 0, x, 0.2 * x)
        padding = ratio // 2 + ratio % 2
        wide = np.zeros((x.shape[0], x.shape[1] * ratio + 2 * ratio + padding))
        for t in range(x.shape[1]):
            wide[:, t * ratio : (t + 2) * ratio] += leaky[:, t : t + 1] * kernel
        wide = wide[:, padding : padding + x.shape[1] * ratio]
        return 3 * np.repeat(x, ratio, axis=1) + 2 * (wide + self._bias(f"{name}.de_conv_upsampler.1"))

    def _backbone(self, name: str, x: Array, d: Array | None) -> Array:
        x = self._norm(f"{name}.norm", self._conv(f"{name}.embed", x, padding=3), d)
        n = 0
        while f"{name}.convnext.{n}.gamma" in self.weights:
            x = self._convnext(f"{name}.convnext.{n}", x, d)
            n += 1
        return self._norm(f"{name}.final_layer_norm", x, None).T

    def _convnext(self, name: str, x: Array, d: Array | None) -> Array:
        kernel = self.weights[f"{name}.dwconv.weight"][:, 0]
        padded = np.pad(x, ((0, 0), (3, 3)))
        y = np.stack([(padded[:, t : t + 7] * kernel).sum(1) for t in range(x.shape[1])], 1)
        y = self._norm(f"{name}.norm", y + self._bias(f"{name}.dwconv"), d).T
        y = self._linear(f"{name}.pwconv1", y)
        y = self._linear(f"{name}.pwconv2", y * (1 + _erf(y / sqrt(2))) / 2)
        return x + (y * self.weights[f"{name}.gamma"]).T

    def _norm(self, name: str, x: Array, d: Array | None) -> Array:
        centred = x - x.mean(0)
        unit = centred / np.sqrt((centred**2).mean(0) + 1e-6)
        if d is None:
            return unit * self.weights[f"{name}.weight"][:, None] + self._bias(name)
        return unit * self._linear(f"{name}.scale", d)[:, None] + self._linear(f"{name}.shift", d)[:, None]

    def _generator(self, x: Array) -> Array:
        config = self.config.decoder
        x = self._conv("decoder.model.0", x, padding=3)
        for i, (kernel, rate) in enumerate(zip(config.kernel_sizes, config.rates, strict=True), 1):
            block = f"decoder.model.{i}.block"
            x = self._transposed(f"{block}.1", self._snake(f"{block}.0", x), kernel, rate)
            for unit, dilation in ((f"{block}.{j}.block", 3**j // 9) for j in (2, 3, 4)):
                y = self._conv(f"{unit}.1", self._snake(f"{unit}.0", x), padding=3 * dilation, dilation=dilation)
                x = x + self._conv(f"{unit}.3", self._snake(f"{unit}.2", y))
        last = len(config.rates) + 1
        return np.tanh(self._conv(f"decoder.model.{last + 1}", self._snake(f"decoder.model.{last}", x), padding=3))

    def _snake(self, name: str, x: Array) -> Array:
        alpha = self.weights[f"{name}.alpha"][0]
        return x + np.sin(alpha * x) ** 2 / (alpha + 1e-9)

    def _conv(self, name: str, x: Array, *, padding: int = 0, dilation: int = 1) -> Array:
        weight = self.weights[f"{name}.weight"]
        padded = np.pad(x, ((0, 0), (padding, padding)))
        length = padded.shape[1] - (weight.shape[2] - 1) * dilation
        taps = (weight[:, :, k] @ padded[:, k * dilation : k * dilation + length] for k in range(weight.shape[2]))
        return sum(taps, self._bias(name))

    def _transposed(self, name: str, x: Array, kernel: int, rate: int) -> Array:
        weight, padding = self.weights[f"{name}.weight"], (kernel - rate) // 2
        wide = np.zeros((weight.shape[1], (x.shape[1] - 1) * rate + kernel))
        for t in range(x.shape[1]):
            wide[:, t * rate : t * rate + kernel] += np.einsum("iok,i->ok", weight, x[:, t])
        return wide[:, padding : wide.shape[1] - padding] + self._bias(name)

    def _linear(self, name: str, x: Array) -> Array:
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def _bias(self, name: str) -> Array:
        return self.weights[f"{name}.bias"][:, None]
