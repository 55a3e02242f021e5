"""Decode windows of semantic tokens to the samples of their kept tokens. Synchronous; knows nothing of requests.

The prenet decodes the whole window. The wave generator, nine tenths of the work, gets only the frames on which a kept
sample depends, and each of its stages only the rows on which one depends, because its receptive field is small.
So it also makes the spans of a large window side by side, each on a thread of its own (core/bicodec/span_threads.py).
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

from core.bicodec.field import ReceptiveField, generator_inputs
from core.bicodec.forms import decoder_form
from core.bicodec.model import BiCodec
from core.bicodec.span_threads import cut, side_by_side
from shared.config import CodecMode
from shared.errors import TokenStreamInvalid
from shared.types import Samples, Window

VOICE_CACHE_SIZE = 256
"""Voices whose conditioning is cached: 42 kB each at the published dimensions, 11 MB in all. Chosen, not
measured."""


class WindowDecoder:
    """Decoder of windows in the form of a resolved mode (core/bicodec/forms.py)."""

    def __init__(self, model: BiCodec, *, mode: CodecMode, device: torch.device) -> None:
        self.config = model.config
        self.field = ReceptiveField.of(model.config)
        self._model = model.to(device)
        self._device = device
        with torch.inference_mode():
            self._form = decoder_form(model, mode, device)
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
        z = self._model.quantizer(torch.tensor([window.ids for window in windows], device=self._device))
        hop = self.config.hop
        kept = range(first.left * hop, (first.left + first.keep) * hop)
        step = 1 if self._form.one_by_one else len(windows)
        samples = [
            self._generate(z[at : at + step], d[at : at + step], modulation[:, :, at : at + step], kept)
            for at in range(0, len(windows), step)
        ]
        return list(torch.cat(samples).float().cpu().numpy())

    def _generate(self, z: Tensor, d: Tensor, modulation: Tensor, kept: range) -> Tensor:
        """z [B, input_channels, T], d-vectors [B, D] and their modulation -> the kept samples [B, N]."""
        needed = generator_inputs(self.config.decoder, kept)
        first = max(needed[0].start, 0)  # position in the window of the first of `rows`
        wanted = range(first, min(needed[0].stop, z.shape[-1] * self.config.frames_per_token))
        rows = self._form.prenet(z, modulation, wanted) + d.unsqueeze(-1)
        spans = cut(kept, self.config.hop) if self._form.one_by_one else [kept]
        return torch.cat(side_by_side(lambda span: self._sound(rows, first, span), spans), 1)

    def _sound(self, rows: Tensor, first: int, kept: range) -> Tensor:
        """Frames [B, C, N], the first of which is at `first` of the window -> the kept samples [B, N]."""
        batch, needed = len(rows), generator_inputs(self.config.decoder, kept)
        for part, span, rate in zip(self._form.parts, needed, self._rates, strict=True):
            start, stop = max(span.start - first, 0), min(span.stop - first, rows.shape[-1])
            rows = part(rows[..., start:stop])
            first = (first + start) * rate
        return rows.reshape(batch, -1)[:, kept.start - first : kept.stop - first]

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
