"""AP-BWE's network for one sequence on a CPU: the same results with fewer passes over memory, without a compiler.

Differences from `generator.py`, all exact except for rounding:

* Frames are rows, [frames, channels], so that every layer is one matrix product without transposition.
* The first convolutions, an eighth of the work, use `toom_cook`: 12 products instead of 42.
* The scales and shifts of norms and gamma are folded into the neighbouring linear layers.
* A block's perceptron works tile by tile, so that its intermediate values stay in the CPU's cache.
* Of the context frames, each block computes only those on which later blocks depend.
* The magnitude and phase streams of a layer are independent. With two threads, each stream has its own: one matrix
  product of a window's size does not keep two cores busy, two products do.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.bicodec.toom_cook import OUTPUTS, POINTS, transforms
from core.superres.config import KERNEL_RADIUS
from core.superres.generator import ALL_FRAMES, NORM_EPS, ConvNeXtBlock, Generator
from core.superres.products import Product, float32_product
from core.superres.spectra import Spectrum

TILE_ROWS = 256
"""Rows of a tile. Chosen: with fewer, reading the weights takes as long as multiplying by them; more do not fit into
the CPU's cache."""

Layer = Callable[[Tensor], Tensor]


class FastGenerator:
    """AP-BWE network with a copy of a `Generator`'s weights. Call it in inference mode.

    `phase_executor` runs the phase stream while the caller runs the magnitude stream; with None they run in sequence.
    `product` builds the blocks' matrix products, nearly all of the work, from weight and bias.
    """

    def __init__(
        self,
        generator: Generator,
        *,
        phase_executor: Executor | None,
        product: Callable[[Tensor, Tensor], Product] = float32_product,
    ) -> None:
        self._phase_executor = phase_executor
        self._entries = (
            _Entry(generator.conv_pre_mag, generator.norm_pre_mag),
            _Entry(generator.conv_pre_pha, generator.norm_pre_pha),
        )
        pairs: Iterable[Any] = zip(generator.convnext_mag, generator.convnext_pha, strict=True)
        self._blocks = [(_Block(magnitude, product), _Block(phase, product)) for magnitude, phase in pairs]
        self._exits = (
            _Exit(generator.norm_post_mag, generator.linear_post_mag),
            _Exit(generator.norm_post_pha, generator.linear_post_pha_r, generator.linear_post_pha_i),
        )

    def __call__(self, spectrum: Spectrum, frames: slice = ALL_FRAMES) -> Spectrum:
        """[1, bins, T] each -> [1, bins, len(frames)] each."""
        first, last, _ = frames.indices(spectrum.phase.shape[-1])
        magnitude, phase = self._both(self._entries, spectrum.log_amplitude[0].T, spectrum.phase[0].T)
        at = 0  # the frame of the first row
        for minus_later, (of_magnitude, of_phase) in enumerate(self._blocks, 1 - len(self._blocks)):
            magnitude += phase
            phase += magnitude
            context = -minus_later * KERNEL_RADIUS  # frames on each side on which the later blocks depend
            start, stop = max(at, first - context), min(at + len(phase), last + context)
            rows = slice(start - at, stop - at)
            magnitude, phase = self._both((partial(of_magnitude, rows), partial(of_phase, rows)), magnitude, phase)
            at = start
        correction, vector = self._both(self._exits, magnitude, phase)
        real, imaginary = vector.chunk(2, dim=1)
        return Spectrum(
            log_amplitude=spectrum.log_amplitude[..., frames] + correction.T,
            phase=torch.atan2(imaginary, real).T.unsqueeze(0),
        )

    def _both(self, layers: tuple[Layer, Layer], magnitude: Tensor, phase: Tensor) -> tuple[Tensor, Tensor]:
        of_magnitude, of_phase = layers
        if self._phase_executor is None:
            return of_magnitude(magnitude), of_phase(phase)
        other = self._phase_executor.submit(torch.inference_mode()(of_phase), phase)
        try:
            magnitude = of_magnitude(magnitude)
        finally:
            other.exception()  # wait: the other thread uses the phase rows until it has ended
        return magnitude, other.result()


class _Entry:
    """The first convolution, by Toom-Cook, and its norm."""

    def __init__(self, convolution: nn.Conv1d, norm: nn.LayerNorm) -> None:
        matrices = transforms()
        self._input, self._output = matrices.input.float(), matrices.output.float()
        self._points = torch.einsum("pk,oik->pio", matrices.kernel, convolution.weight.double()).float().contiguous()
        self._bias = convolution.bias
        self._norm = norm

    def __call__(self, rows: Tensor) -> Tensor:
        """[T, bins] -> [T, C]."""
        frames, bins = rows.shape
        tiles = -(-frames // OUTPUTS)
        padded = functional.pad(rows, (0, 0, KERNEL_RADIUS, KERNEL_RADIUS + tiles * OUTPUTS - frames)).contiguous()
        x = padded.as_strided((POINTS, tiles, bins), (bins, OUTPUTS * bins, 1)).reshape(POINTS, -1)
        points = torch.mm(self._input, x).view(POINTS, tiles, bins)
        products = torch.bmm(points, self._points).view(POINTS, -1)
        y = torch.mm(self._output, products).view(OUTPUTS, tiles, -1).transpose(0, 1).flatten(0, 1)[:frames]
        normed: Tensor = self._norm(y if self._bias is None else y + self._bias)
        return normed


class _Block:
    """A ConvNeXt block that works in place."""

    def __init__(self, block: ConvNeXtBlock, product: Callable[[Tensor, Tensor], Product]) -> None:
        self._taps = block.dwconv.weight.unsqueeze(2).contiguous(memory_format=torch.channels_last)
        self._taps_bias = block.dwconv.bias
        self._expand = product(*_behind_norm(block.norm, block.pwconv1))
        projection = (block.gamma.unsqueeze(1) * block.pwconv2.weight).T.contiguous()
        self._project = product(projection, block.gamma * block.pwconv2.bias)

    def __call__(self, wanted: slice, rows: Tensor) -> Tensor:
        """[T, C] -> the wanted rows of the input, overwritten."""
        frames, channels = rows.shape
        image = rows.as_strided((1, channels, 1, frames), (rows.numel(), 1, rows.numel(), channels))
        mixed = functional.conv2d(image, self._taps, self._taps_bias, padding=(0, KERNEL_RADIUS), groups=channels)
        mixed, rows = mixed.permute(0, 2, 3, 1).reshape(frames, channels)[wanted], rows[wanted]
        for start in range(0, len(rows), TILE_ROWS):
            tile = slice(start, start + TILE_ROWS)
            rows[tile] += self._project(functional.gelu(self._expand(_normed(mixed[tile]))))
        return rows


class _Exit:
    """The last norm, and the linear layers that follow it as one matrix."""

    def __init__(self, norm: nn.LayerNorm, *linears: nn.Linear) -> None:
        weights, biases = zip(*(_behind_norm(norm, linear) for linear in linears), strict=True)
        self._weight, self._bias = torch.cat(weights, dim=1), torch.cat(biases)

    def __call__(self, rows: Tensor) -> Tensor:
        """[T, C] -> [T, bins of every linear layer]."""
        return torch.addmm(self._bias, _normed(rows), self._weight)


def _behind_norm(norm: nn.LayerNorm, linear: nn.Linear) -> tuple[Tensor, Tensor]:
    """Return weight [in, out] and bias of `linear` with the scale and shift of `norm` folded in."""
    weight = linear.weight.double()
    bias = linear.bias.double() + weight @ norm.bias.double()
    return (weight * norm.weight.double()).T.to(linear.weight).contiguous(), bias.to(linear.bias)


def _normed(rows: Tensor) -> Tensor:
    return functional.layer_norm(rows, rows.shape[-1:], eps=NORM_EPS)
