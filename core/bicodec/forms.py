"""The forms of the decoder: prenet, and the wave generator as parts that run in sequence with cuts between them.

`eager` runs the plain modules. On a CPU, `fast` runs the
FastWaveGenerator, `packed` the PackedWaveGenerator in float32, `bf16` the same in bfloat16, each behind the RowPrenet.
On a GPU, `bf16` runs the plain modules in bfloat16. docs/decisions/0004-codec-modes.md compares them.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from core.bicodec.fast_generator import FastWaveGenerator
from core.bicodec.generator import WaveGenerator
from core.bicodec.model import BiCodec
from core.bicodec.packed_generator import PackedWaveGenerator
from core.bicodec.prenet import Prenet
from core.bicodec.row_prenet import RowPrenet
from shared.config import CodecMode

CPU_MODES = frozenset({CodecMode.FAST, CodecMode.PACKED})
"""Modes with an arithmetic for CPUs. Other devices run `eager` in their place."""

RowParts = list[Callable[[Tensor], Tensor]]
GeneratorPart = Callable[[Tensor], Tensor]
"""Part of the wave generator that runs between two cuts: [B, C, N] -> [B, C', N']."""
PrenetForm = Callable[[Tensor, Tensor, range], Tensor]
"""z [B, input_channels, T], modulation, wanted frames -> those frames [B, out_channels, N]."""


@dataclass(frozen=True, slots=True)
class DecoderForm:
    """A form's prenet and generator. `one_by_one`: they take one sequence at a time."""

    prenet: PrenetForm
    parts: list[GeneratorPart]
    one_by_one: bool


def decoder_form(model: BiCodec, mode: CodecMode, device: torch.device) -> DecoderForm:
    """Return the form of `model` for a resolved mode on its device."""
    generator, prenet = model.decoder, model.prenet
    if device.type == "cpu" and mode is CodecMode.BF16:
        return _of_rows(prenet, PackedWaveGenerator(generator, dtype=torch.bfloat16).parts, torch.bfloat16)
    if mode is CodecMode.PACKED:
        return _of_rows(prenet, PackedWaveGenerator(generator, dtype=torch.float32).parts, torch.float32)
    if mode is CodecMode.FAST:
        return _of_rows(prenet, FastWaveGenerator(generator).parts, torch.float32)
    if mode is CodecMode.BF16:
        generator, prenet = copy.deepcopy(generator).bfloat16(), copy.deepcopy(prenet).bfloat16()
    return DecoderForm(_plain_prenet(prenet), _plain_parts(generator), one_by_one=False)


def _of_rows(prenet: Prenet, parts: RowParts, dtype: torch.dtype) -> DecoderForm:
    """Wrap parts that take rows [N, C] of one sequence to take and return channels first, as the plain parts do."""
    return DecoderForm(RowPrenet(prenet, dtype=dtype), [_channels_first(part) for part in parts], one_by_one=True)


def _channels_first(part: Callable[[Tensor], Tensor]) -> GeneratorPart:
    def transposed(rows: Tensor) -> Tensor:
        output = part(rows.squeeze(0).T)
        return output.T if output.ndim > 1 else output  # the last part returns samples

    return transposed


def _plain_prenet(prenet: Prenet) -> PrenetForm:
    dtype = next(prenet.parameters()).dtype

    def run(z: Tensor, modulation: Tensor, wanted: range) -> Tensor:
        frames: Tensor = prenet(z.to(dtype), modulation.to(dtype))
        return frames[..., wanted.start : wanted.stop].float()

    return run


def _plain_parts(generator: WaveGenerator) -> list[GeneratorPart]:
    layers: list[Any] = list(generator.model)
    dtype = next(generator.parameters()).dtype
    last = len(layers) - 3  # Snake, convolution, tanh

    def end(rows: Tensor) -> Tensor:
        for layer in layers[last:]:
            rows = layer(rows)
        return rows

    def begin(frames: Tensor) -> Tensor:
        rows: Tensor = layers[0](frames.to(dtype))
        return rows

    return [begin, *layers[1:last], end]
