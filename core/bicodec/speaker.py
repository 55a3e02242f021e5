"""A reference clip to the global tokens that carry its voice: mel, ECAPA-TDNN, perceiver, FSQ.

The encode side of the speaker encoder; the way back, tokens to d-vector, is in `quantizer.py`.
"""

from collections.abc import Sequence
from itertools import accumulate
from math import atanh
from operator import mul

import numpy as np
import torch
from torch import Tensor, nn

from core.bicodec.checkpoint import BiCodecCheckpoint
from core.bicodec.config import SpeakerConfig
from core.bicodec.ecapa import LATENT_CHANNELS, EcapaTdnn
from core.bicodec.mel import MelSpectrogram
from core.bicodec.perceiver import PerceiverResampler
from shared.errors import CheckpointInvalid
from shared.types import GlobalTokens, Samples

FSQ_MARGIN = 1e-3
"""The bounded values go this much beyond the outermost digits, relative to their range."""


def fsq_bound(z: Tensor, levels: Sequence[int]) -> Tensor:
    """Squeeze [..., len(levels)] so that rounding gives as many values as there are levels; even ones lean down."""
    half, offset, shift = (torch.tensor(row, device=z.device) for row in zip(*map(_bounds, levels), strict=True))
    return torch.tanh(z + shift) * half - offset


def fsq_ids(bounded: Tensor, levels: Sequence[int]) -> Tensor:
    """Round half to even and number the grid points: [..., len(levels)] -> [...] int64, first dimension lowest."""
    basis = torch.tensor([1, *accumulate(levels[:-1], mul)], device=bounded.device)
    lowest = torch.tensor([level // 2 for level in levels], device=bounded.device)
    return ((bounded.round().long() + lowest) * basis).sum(-1)


class SpeakerEncoder(nn.Module):
    """Under the published key names, less what inference does not read."""

    def __init__(self, config: SpeakerConfig) -> None:
        super().__init__()
        self.levels = config.fsq_levels
        self.speaker_encoder = EcapaTdnn(config.input_dim)
        self.perceiver_sampler = PerceiverResampler(
            context_dim=LATENT_CHANNELS, dim=config.latent_dim, queries=config.token_num
        )
        self.quantizer = nn.ModuleDict({"project_in": nn.Linear(config.latent_dim, len(config.fsq_levels))})

    def bounded(self, mel: Tensor) -> Tensor:
        """[B, mels, T] -> [B, token_num, len(levels)], the values that FSQ rounds."""
        latents = self.perceiver_sampler(self.speaker_encoder(mel).transpose(1, 2))
        return fsq_bound(self.quantizer["project_in"](latents), self.levels)

    def forward(self, mel: Tensor) -> Tensor:
        """[B, mels, T] -> global ids [B, 1, token_num]."""
        return fsq_ids(self.bounded(mel), self.levels).unsqueeze(1)


class VoiceTokenizer:
    """A reference clip in, its global tokens out."""

    def __init__(self, mel: MelSpectrogram, encoder: SpeakerEncoder) -> None:
        self.mel = mel
        self.encoder = encoder

    @torch.inference_mode()
    def tokens(self, clip: Samples) -> GlobalTokens:
        """`clip` (N,) at the codec's rate; `audio.reference` cuts it. Deterministic."""
        wave = torch.from_numpy(np.ascontiguousarray(clip, np.float32)).unsqueeze(0)
        return GlobalTokens(tuple(self.encoder(self.mel(wave)).flatten().tolist()))


def load_voice_tokenizer(checkpoint: BiCodecCheckpoint) -> VoiceTokenizer:
    """On the CPU. Raises CheckpointInvalid where the checkpoint has the decode side only."""
    if not checkpoint.can_encode:
        raise CheckpointInvalid(f"{checkpoint.weights}: holds no encode side, so no voice can be made from speech")
    with torch.device("meta"):
        encoder = SpeakerEncoder(checkpoint.config.speaker_encoder)
    checkpoint.fill(encoder, prefix="speaker_encoder.")
    return VoiceTokenizer(MelSpectrogram(checkpoint.config.mel_params), encoder.eval().requires_grad_(False))


def _bounds(level: int) -> tuple[float, float, float]:
    half = (level - 1) * (1 + FSQ_MARGIN) / 2
    offset = 0.0 if level % 2 else 0.5
    return half, offset, atanh(offset / half)
