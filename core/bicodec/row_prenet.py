"""The prenet for one sequence on a CPU: the same frames with fewer passes over memory, in float32 or bfloat16.

Differences from `prenet.py`, all exact except for rounding:

* Frames are rows, [frames, channels], and the weights of dense layers are packed once (`row_convolution.py`).
* Of the context frames, each layer computes only those on which a wanted frame depends.
* In bfloat16, the blocks' two dense layers alone use it, three quarters of the work. The rest stays in float32.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.bicodec.prenet import Prenet
from core.bicodec.row_convolution import RowConvolution
from core.bicodec.vocos import EPS, KERNEL, ConvNeXtBlock, VocosBackbone

RADIUS = KERNEL // 2


class RowPrenet:
    """Prenet with a copy of a `Prenet`'s dense weights in `dtype`, for inference mode."""

    def __init__(self, prenet: Prenet, *, dtype: torch.dtype) -> None:
        stages: Any = prenet.downsample
        self._linear_pre = _dense(prenet.linear_pre, torch.float32)
        self._upsamples: list[nn.Module] = [upsample for upsample, _ in stages]
        self._stages = [_Backbone(backbone, dtype) for _, backbone in stages]
        self._backbone = _Backbone(prenet.vocos_backbone, dtype)
        self._linear, self._use_tanh = _dense(prenet.linear, torch.float32), prenet.use_tanh
        self._keeps_rate = all(upsample.ratio == 1 for upsample, _ in stages)

    def __call__(self, z: Tensor, modulation: Tensor, wanted: range) -> Tensor:
        """z [1, input_channels, T] and the modulation of one voice -> the wanted frames [1, out_channels, N]."""
        rows, at = self._linear_pre(z[0].T.contiguous()), 0
        later = sum(stage.layers for stage in [*self._stages, self._backbone])
        for upsample, stage in zip(self._upsamples, self._stages, strict=True):
            rows = upsample(rows.unsqueeze(0))[0].T.contiguous()
            later -= stage.layers
            # Another rate moves the frames: then every frame of the stages is computed.
            needed = _widened(wanted, RADIUS * later) if self._keeps_rate else range(len(rows))
            rows, at = stage(rows, at, needed, None)
        rows, at = self._backbone(rows, at, wanted, modulation.flatten(2))
        frames = self._linear(rows[wanted.start - at : wanted.stop - at]).T.unsqueeze(0)
        return frames.tanh() if self._use_tanh else frames


class _Backbone:
    """A Vocos backbone. `layers`: its convolutions over time."""

    def __init__(self, backbone: VocosBackbone, dtype: torch.dtype) -> None:
        embed: Any = backbone.embed
        blocks: Any = backbone.convnext
        self._embed = RowConvolution(embed.weight, embed.bias, padding=RADIUS, dtype=torch.float32)
        self._norm, self._final_norm = backbone.norm, backbone.final_layer_norm
        self._blocks = [_Block(block, dtype) for block in blocks]
        self.layers = 1 + len(self._blocks)

    def __call__(self, rows: Tensor, at: int, wanted: range, modulation: Tensor | None) -> tuple[Tensor, int]:
        """Return rows that include the wanted ones, and the position of their first.

        The first of `rows` is at `at`. `modulation`: [norms, 2, dim], None for an unconditioned backbone.
        """
        of_norm = [None] * self.layers if modulation is None else list(modulation)
        rows, at = _cut(rows, at, _widened(wanted, RADIUS * self.layers))
        rows = _normalise(self._norm, self._embed(rows), of_norm[0])
        for later, (block, of_block) in enumerate(zip(self._blocks, of_norm[1:], strict=True), 1 - self.layers):
            rows, at = _cut(rows, at, _widened(wanted, RADIUS * -later))
            rows = block(rows, of_block)
        normed: Tensor = self._final_norm(rows)
        return normed, at


class _Block:
    """A ConvNeXt block with γ folded into its last layer."""

    def __init__(self, block: ConvNeXtBlock, dtype: torch.dtype) -> None:
        self._taps = block.dwconv.weight.unsqueeze(2).contiguous(memory_format=torch.channels_last)
        self._bias, self._norm, self._dtype = block.dwconv.bias, block.norm, dtype
        self._expand = _dense(block.pwconv1, dtype)
        projection = (block.gamma.unsqueeze(1) * block.pwconv2.weight).unsqueeze(2)
        self._project = RowConvolution(projection, block.gamma * block.pwconv2.bias, dtype=dtype)

    def __call__(self, rows: Tensor, modulation: Tensor | None) -> Tensor:
        frames, channels = rows.shape
        image = rows.as_strided((1, channels, 1, frames), (rows.numel(), 1, rows.numel(), channels))
        mixed = functional.conv2d(image, self._taps, self._bias, padding=(0, RADIUS), groups=channels)
        y = _normalise(self._norm, mixed.permute(0, 2, 3, 1).reshape(frames, channels), modulation)
        return rows + self._project(functional.gelu(self._expand(y.to(self._dtype))))


def _dense(linear: nn.Linear, dtype: torch.dtype) -> RowConvolution:
    return RowConvolution(linear.weight.unsqueeze(2), linear.bias, dtype=dtype)


def _normalise(norm: nn.Module, rows: Tensor, modulation: Tensor | None) -> Tensor:
    if modulation is None:
        y: Tensor = norm(rows)
        return y
    return torch.addcmul(modulation[1], functional.layer_norm(rows, rows.shape[-1:], eps=EPS), modulation[0])


def _widened(rows: range, margin: int) -> range:
    return range(rows.start - margin, rows.stop + margin)


def _cut(rows: Tensor, at: int, needed: range) -> tuple[Tensor, int]:
    """Return the needed ones of rows that begin at `at`, as far as they exist, and the position of the first."""
    start, stop = max(needed.start - at, 0), min(needed.stop - at, len(rows))
    return rows[start:stop], at + start
