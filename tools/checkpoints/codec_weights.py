"""Random BiCodec weights at any dimensions, scaled so that the decoded signal varies and does not clip.

The voice and every token change the sound, which is not speech.
"""

import math
import zlib

import numpy as np
from numpy.typing import NDArray

from core.bicodec.config import BiCodecConfig
from core.checkpoint.stored_tensors import Shape

Floats = NDArray[np.float32]

_RESIDUAL = 0.3
"""Gain of a residual branch, small enough that depth does not raise the level."""
_OUTPUT_GAIN = 0.05
"""Gain of the last convolution."""


class CodecWeights:
    """Generator of the tensors of `decode_layout`; the same arguments give the same values."""

    def __init__(self, config: BiCodecConfig, *, seed: int) -> None:
        self._seed = seed
        self._upsampling = {f"decoder.model.{i}.block.1": rate for i, rate in enumerate(config.decoder.rates, 1)}
        self._last = f"decoder.model.{len(config.decoder.rates) + 2}"

    def tensor(self, name: str, shape: Shape) -> Floats:
        """Return the values of one tensor of `decode_layout`."""
        layer, _, kind = name.rpartition(".")
        if kind == "weight_g":
            return np.full(shape, self._gain(layer), np.float32)
        if kind == "alpha":
            return np.ones(shape, np.float32)
        if kind == "gamma":
            return np.full(shape, _RESIDUAL, np.float32)
        if kind == "bias":
            return np.full(shape, float(layer.endswith("norm.scale")), np.float32)
        if len(shape) == 1:  # a norm's weight
            return np.ones(shape, np.float32)
        random = np.random.default_rng([self._seed, zlib.crc32(name.encode())]).standard_normal(shape, np.float32)
        if layer == self._last:  # Snake's output is never negative: taps that sum to 0 remove the offset
            random -= random.mean(axis=-1, keepdims=True)
        spread = 1.0 if layer == "quantizer.codebook" else 1 / math.sqrt(math.prod(shape[1:]))
        return random * np.float32(spread)

    def _gain(self, layer: str) -> float:
        """Return the gain of a weight-normed layer.

        1 keeps the power of a white signal if each output sums over all axes of the norm.
        """
        if layer == self._last:
            return _OUTPUT_GAIN
        if layer in self._upsampling:  # the norm is over outputs and taps; each output uses one tap in `rate`
            return math.sqrt(self._upsampling[layer] / 2)
        return _RESIDUAL if layer.endswith("block.3") else 1.0
