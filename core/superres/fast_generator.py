"""AP-BWE's network for one sequence on a CPU: the same numbers from fewer passes over memory, without a compiler.

Differences to `generator.py`, all of them exact but for rounding:

* Frames are rows, [frames, channels], so that every layer is one matrix product, and nothing is transposed.
* The first convolutions, an eighth of the work, go through `toom_cook`: 12 products in place of 42.
* What norms and gamma multiply and add is folded into the linear layers behind and before them.
* A block's perceptron works tile by tile, so that what it makes on the way stays in the cache.
* Of the frames that only give context, each block makes those that the blocks behind it still see.
* The two streams of a layer do not depend on one another; where two threads are given each stream has its own. One
  matrix product of a window's size hardly fills two cores, two of them do.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.bicodec.toom_cook import OUTPUTS, POINTS, transforms
from core.superres.config import CONV_REACH
from core.superres.generator import ALL, NORM_EPS, ConvNeXtBlock, Generator
from core.superres.products import Product, exact
from core.superres.spectra import Spectrum

TILE_ROWS = 256
"""Fewer, and reading the weights costs as much as multiplying by them; more no longer fit into the cache."""

Layer = Callable[[Tensor], Tensor]


class FastGenerator:
    """Made from a `Generator`'s weights, which it copies. Call it in inference mode.

    `beside` runs the phase stream while the caller runs the magnitude's; without it they run one after the other.
    `product` makes the blocks' matrices, where nearly all of the work is, into what multiplies by them.
    """

    def __init__(
        self, generator: Generator, *, beside: Executor | None, product: Callable[[Tensor, Tensor], Product] = exact
    ) -> None:
        self._beside = beside
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

    def __call__(self, spectrum: Spectrum, frames: slice = ALL) -> Spectrum:
        """[1, bins, T] each -> [1, bins, as many as `frames` names] each."""
        first, last, _ = frames.indices(spectrum.phase.shape[-1])
        magnitude, phase = self._both(self._entries, spectrum.log_amplitude[0].T, spectrum.phase[0].T)
        at = 0  # the frame that the first row is
        for later, (of_magnitude, of_phase) in enumerate(self._blocks, 1 - len(self._blocks)):
            magnitude += phase
            phase += magnitude
            seen = -later * CONV_REACH  # frames beside the wanted ones that the blocks behind this one see
            start, stop = max(at, first - seen), min(at + len(phase), last + seen)
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
        if self._beside is None:
            return of_magnitude(magnitude), of_phase(phase)
        other = self._beside.submit(torch.inference_mode()(of_phase), phase)
        try:
            done = of_magnitude(magnitude)
        finally:
            other.exception()  # its rows are in use until it has ended
        return done, other.result()


class _Entry:
    """The first convolution, with fewer products, and its norm."""

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
        padded = functional.pad(rows, (0, 0, CONV_REACH, CONV_REACH + tiles * OUTPUTS - frames)).contiguous()
        x = padded.as_strided((POINTS, tiles, bins), (bins, OUTPUTS * bins, 1)).reshape(POINTS, -1)
        points = torch.mm(self._input, x).view(POINTS, tiles, bins)
        products = torch.bmm(points, self._points).view(POINTS, -1)
        y = torch.mm(self._output, products).view(OUTPUTS, tiles, -1).transpose(0, 1).flatten(0, 1)[:frames]
        normed: Tensor = self._norm(y if self._bias is None else y + self._bias)
        return normed


class _Block:
    """A ConvNeXt block that writes to its rows."""

    def __init__(self, block: ConvNeXtBlock, product: Callable[[Tensor, Tensor], Product]) -> None:
        self._taps = block.dwconv.weight.unsqueeze(2).contiguous(memory_format=torch.channels_last)
        self._taps_bias = block.dwconv.bias
        self._wide = product(*_behind_norm(block.norm, block.pwconv1))
        narrow = (block.gamma.unsqueeze(1) * block.pwconv2.weight).T.contiguous()
        self._narrow = product(narrow, block.gamma * block.pwconv2.bias)

    def __call__(self, wanted: slice, rows: Tensor) -> Tensor:
        """[T, C] -> the wanted ones of the same rows."""
        frames, channels = rows.shape
        picture = rows.as_strided((1, channels, 1, frames), (rows.numel(), 1, rows.numel(), channels))
        mixed = functional.conv2d(picture, self._taps, self._taps_bias, padding=(0, CONV_REACH), groups=channels)
        mixed, rows = mixed.permute(0, 2, 3, 1).reshape(frames, channels)[wanted], rows[wanted]
        for start in range(0, len(rows), TILE_ROWS):
            tile = slice(start, start + TILE_ROWS)
            rows[tile] += self._narrow(functional.gelu(self._wide(_normed(mixed[tile]))))
        return rows


class _Exit:
    """The last norm, and the linear layers behind it as one."""

    def __init__(self, norm: nn.LayerNorm, *linears: nn.Linear) -> None:
        weights, biases = zip(*(_behind_norm(norm, linear) for linear in linears), strict=True)
        self._weight, self._bias = torch.cat(weights, dim=1), torch.cat(biases)

    def __call__(self, rows: Tensor) -> Tensor:
        """[T, C] -> [T, bins of every linear layer]."""
        return torch.addmm(self._bias, _normed(rows), self._weight)


def _behind_norm(norm: nn.LayerNorm, linear: nn.Linear) -> tuple[Tensor, Tensor]:
    """Weight [in, out] and bias that make linear(norm(x)) of a norm without either."""
    weight = linear.weight.double()
    bias = linear.bias.double() + weight @ norm.bias.double()
    return (weight * norm.weight.double()).T.to(linear.weight).contiguous(), bias.to(linear.bias)


def _normed(rows: Tensor) -> Tensor:
    return functional.layer_norm(rows, rows.shape[-1:], eps=NORM_EPS)
