"""Decode windows of semantic tokens to the samples of their kept tokens. Synchronous; knows nothing of requests.

The prenet decodes the whole window. The wave generator, nine tenths of the work, gets only the frames on which a kept
sample depends, and each of its stages only the rows on which one depends, because its receptive field is small.
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

VOICE_CACHE_SIZE = 256
"""Voices whose conditioning is cached: 42 kB each at the published dimensions, 11 MB in all. Chosen, not
measured."""

GeneratorPart = Callable[[Tensor], Tensor]
"""Part of the wave generator that runs between two cuts: rows [B, C, N] -> [B, C', N']."""


class WindowDecoder:
    """Decoder of windows. `eager` runs the plain modules, `fast` the FastWaveGenerator (CPU only), `bf16` the plain
    wave generator in bfloat16.
    """

    def __init__(self, model: BiCodec, *, mode: CodecMode, device: torch.device) -> None:
        self.config = model.config
        self.field = ReceptiveField.of(model.config)
        self._model = model.to(device)
        self._device = device
        self._one_by_one = mode is CodecMode.FAST  # its parts take one sequence
        self._parts = _fast_parts(model) if mode is CodecMode.FAST else _plain_parts(model, mode)
        self._rates = (1, *model.config.decoder.rates, 1)
        self._condition = lru_cache(VOICE_CACHE_SIZE)(self._compute_condition)

    def decode(self, window: Window) -> Samples:
        """Return exactly `keep * hop` samples. Raises TokenStreamInvalid for ids outside the codebooks."""
        return self.decode_batch([window])[0]

    @torch.inference_mode()
    def decode_batch(self, windows: Sequence[Window]) -> list[Samples]:
        """Decode windows of one `shape` as one batch. Their voices may differ. Raises as `decode`."""
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
        batches = torch.split(frames, 1 if self._one_by_one else len(windows))
        samples = torch.cat([self._generate(batch, kept) for batch in batches])
        return list(samples.float().cpu().numpy())

    def _generate(self, frames: Tensor, kept: range) -> Tensor:
        """[B, input_channel, frames] -> the kept samples [B, N]."""
        rows, first = frames, 0  # `first` is the position in the window of the first row of `rows`
        needed = generator_inputs(self.config.decoder, kept)
        for part, span, rate in zip(self._parts, needed, self._rates, strict=True):
            start, stop = max(span.start - first, 0), min(span.stop - first, rows.shape[-1])
            rows = part(rows[..., start:stop])
            first = (first + start) * rate
        return rows.reshape(len(frames), -1)[:, kept.start - first : kept.stop - first]

    def _compute_condition(self, voice: tuple[int, ...]) -> tuple[Tensor, Tensor]:
        d: Tensor = self._model.speaker_encoder(torch.tensor([[voice]], device=self._device))
        return d, self._model.prenet.vocos_backbone.modulation(d)

    def _check(self, window: Window) -> None:
        """Raise TokenStreamInvalid for an invalid window. On a GPU, an id out of range would end the process."""
        speaker = self.config.speaker_encoder
        points = math.prod(speaker.fsq_levels)
        if window.keep < 1 or window.left < 0 or len(window.ids) != window.left + window.keep + window.right:
            raise TokenStreamInvalid("a window's sizes differ from its number of tokens")
        if len(window.voice.ids) != speaker.token_num or not _within(window.voice.ids, points):
            raise TokenStreamInvalid(f"a voice must have {speaker.token_num} global tokens below {points}")
        if not _within(window.ids, self.config.quantizer.codebook_size):
            raise TokenStreamInvalid(f"semantic tokens must be below {self.config.quantizer.codebook_size}")


def _within(ids: Sequence[int], stop: int) -> bool:
    return min(ids) >= 0 and max(ids) < stop


def _fast_parts(model: BiCodec) -> list[GeneratorPart]:
    """Return the fast generator's parts, wrapped to take and return channels first, as the plain parts do."""
    with torch.inference_mode():
        fast = FastWaveGenerator(model.decoder).parts
    return [_channels_first(part) for part in fast]


def _channels_first(part: GeneratorPart) -> GeneratorPart:
    def transposed(rows: Tensor) -> Tensor:
        output = part(rows.squeeze(0).T)
        return output.T if output.ndim > 1 else output  # the last part returns samples

    return transposed


def _plain_parts(model: BiCodec, mode: CodecMode) -> list[GeneratorPart]:
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
