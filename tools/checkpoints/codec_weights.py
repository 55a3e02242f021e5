"""Random BiCodec weights at any dimensions, scaled so that what they decode is a lively signal and not clipped noise.

The voice and every token change the sound; it is no speech.
"""

import math
import zlib

import numpy as np
from numpy.typing import NDArray

from core.bicodec.config import BiCodecConfig
from core.checkpoint.stored_tensors import Shape

Floats = NDArray[np.float32]

_RESIDUAL = 0.3  # of what a residual branch adds, so that depth does not make it louder
_LOUDNESS = 0.05  # of the last convolution


class CodecWeights:
    """Makes the tensors of `decode_layout` one by one; same arguments, same values."""

    def __init__(self, config: BiCodecConfig, *, seed: int) -> None:
        self._seed = seed
        self._upsampling = {f"decoder.model.{i}.block.1": rate for i, rate in enumerate(config.decoder.rates, 1)}
        self._last = f"decoder.model.{len(config.decoder.rates) + 2}"

    def tensor(self, name: str, shape: Shape) -> Floats:
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
        if layer == self._last:  # Snake's output is never negative: taps that sum to 0 keep that from being an offset
            random -= random.mean(axis=-1, keepdims=True)
        spread = 1.0 if layer == "quantizer.codebook" else 1 / math.sqrt(math.prod(shape[1:]))
        return random * np.float32(spread)

    def _gain(self, layer: str) -> float:
        """Of a weight-normed layer: 1 keeps the power of a white signal where an output sums all of the norm's axes."""
        if layer == self._last:
            return _LOUDNESS
        if layer in self._upsampling:  # the norm is over outputs and taps, of which each output sees one in `rate`
            return math.sqrt(self._upsampling[layer] / 2)
        return _RESIDUAL if layer.endswith("block.3") else 1.0
