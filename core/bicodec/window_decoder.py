"""Windows of semantic tokens to the samples of the tokens they keep. Synchronous; knows nothing of requests.

The prenet sees the whole window. Of its frames, and again of the rows between the wave generator's stages, only those
go on that a kept sample depends on: the generator is nine tenths of the work, and most of its stages look hardly ahead.
"""

import copy
import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import torch
from torch import Tensor

from core.bicodec.fast_generator import FastWaveGenerator
from core.bicodec.field import ReceptiveField, generator_inputs
from core.bicodec.model import BiCodec
from shared.config import CodecMode
from shared.errors import TokenStreamInvalid
from shared.types import Samples, Window

VOICES_KEPT = 256
"""Speakers whose conditioning is kept: 42 kB each at the published dimensions."""

Piece = Callable[[Tensor], Tensor]


class WindowDecoder:
    """`eager` runs the plain modules, `fast` FastWaveGenerator (CPU), `bf16` the plain wave generator in bfloat16."""

    def __init__(self, model: BiCodec, *, mode: CodecMode, device: torch.device) -> None:
        self.config = model.config
        self.field = ReceptiveField.of(model.config)
        self._model = model.to(device)
        self._device = device
        self._one_by_one = mode is CodecMode.FAST  # whose pieces take one sequence
        self._pieces = _fast_pieces(model) if mode is CodecMode.FAST else _plain_pieces(model, mode)
        self._rates = (1, *model.config.decoder.rates, 1)
        self._condition = lru_cache(VOICES_KEPT)(self._condition_anew)

    def decode(self, window: Window) -> Samples:
        """Exactly keep * hop samples; TokenStreamInvalid for ids that the codec does not have."""
        return self.decode_batch([window])[0]

    @torch.inference_mode()
    def decode_batch(self, windows: Sequence[Window]) -> list[Samples]:
        """As `decode` of each, for windows of one `shape`; their voices may differ."""
        for window in windows:
            self._check(window)
        first = windows[0]
        conditions = [self._condition(window.voice.ids) for window in windows]
        d = torch.cat([d for d, _ in conditions])
        modulation = torch.cat([modulation for _, modulation in conditions], dim=2)
        ids = torch.tensor([window.ids for window in windows], device=self._device)
        frames = self._model.features(ids, d, modulation)
        hop = self.config.hop
        kept = range(first.left * hop, (first.left + first.keep) * hop)
        parts = torch.split(frames, 1 if self._one_by_one else len(windows))
        samples = torch.cat([self._generate(part, kept) for part in parts])
        return list(samples.float().cpu().numpy())

    def _generate(self, frames: Tensor, kept: range) -> Tensor:
        """[B, input_channel, frames] to the kept samples [B, N]."""
        rows, first = frames, 0  # `first` is the row that `rows` begins with, counted in the window
        needed = generator_inputs(self.config.decoder, kept)
        for piece, span, rate in zip(self._pieces, needed, self._rates, strict=True):
            start, stop = max(span.start - first, 0), min(span.stop - first, rows.shape[-1])
            rows = piece(rows[..., start:stop])
            first = (first + start) * rate
        return rows.reshape(len(frames), -1)[:, kept.start - first : kept.stop - first]

    def _condition_anew(self, voice: tuple[int, ...]) -> tuple[Tensor, Tensor]:
        d: Tensor = self._model.speaker_encoder(torch.tensor([[voice]], device=self._device))
        return d, self._model.prenet.vocos_backbone.modulation(d)

    def _check(self, window: Window) -> None:
        """On a GPU an id out of range would end the process, not the request."""
        speaker = self.config.speaker_encoder
        points = math.prod(speaker.fsq_levels)
        if window.keep < 1 or window.left < 0 or len(window.ids) != window.left + window.keep + window.right:
            raise TokenStreamInvalid("a window's sizes do not add up")
        if len(window.voice.ids) != speaker.token_num or not _within(window.voice.ids, points):
            raise TokenStreamInvalid(f"a voice has {speaker.token_num} global tokens below {points}")
        if not _within(window.ids, self.config.quantizer.codebook_size):
            raise TokenStreamInvalid(f"semantic tokens are below {self.config.quantizer.codebook_size}")


def _within(ids: Sequence[int], stop: int) -> bool:
    return min(ids) >= 0 and max(ids) < stop


def _fast_pieces(model: BiCodec) -> list[Piece]:
    """On [N, C] rows inside; channels first at the seams, like the plain pieces."""
    with torch.inference_mode():
        fast = FastWaveGenerator(model.decoder).pieces
    return [_channels_first(piece) for piece in fast]


def _channels_first(piece: Piece) -> Piece:
    def transposed(rows: Tensor) -> Tensor:
        made = piece(rows.squeeze(0).T)
        return made.T if made.ndim > 1 else made  # the last gives samples

    return transposed


def _plain_pieces(model: BiCodec, mode: CodecMode) -> list[Piece]:
    generator = model.decoder
    if mode is CodecMode.BF16:
        generator = copy.deepcopy(generator).bfloat16()
    layers = list(generator.model)
    dtype = next(generator.parameters()).dtype
    last = len(model.config.decoder.rates) + 1

    def end(rows: Tensor) -> Tensor:
        for layer in layers[last:]:
            rows = layer(rows)
        return rows

    def begin(frames: Tensor) -> Tensor:
        rows: Tensor = layers[0](frames.to(dtype))
        return rows

    return [begin, *layers[1:last], end]
