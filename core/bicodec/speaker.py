"""Compute the global tokens of a reference clip: mel spectrogram, ECAPA-TDNN, perceiver, FSQ.

This is the encode side of the speaker encoder. The decode side, tokens to d-vector, is in `quantizer.py`.
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
from core.unfilled import unfilled
from shared.errors import CheckpointInvalid
from shared.types import GlobalTokens, Samples

FSQ_MARGIN = 1e-3
"""Relative amount by which bounded values may exceed the outermost digits, in the published FSQ code."""


def fsq_bound(z: Tensor, levels: Sequence[int]) -> Tensor:
    """Bound [..., len(levels)] by tanh so that rounding gives each dimension's number of levels.

    The values of a dimension with an even number of levels are shifted down by a half.
    """
    half, offset, shift = (torch.tensor(row, device=z.device) for row in zip(*map(_bounds, levels), strict=True))
    return torch.tanh(z + shift) * half - offset


def fsq_ids(bounded: Tensor, levels: Sequence[int]) -> Tensor:
    """Round half to even and return grid indices: [..., len(levels)] -> [...] int64.

    The first dimension is the least significant digit.
    """
    basis = torch.tensor([1, *accumulate(levels[:-1], mul)], device=bounded.device)
    lowest = torch.tensor([level // 2 for level in levels], device=bounded.device)
    return ((bounded.round().long() + lowest) * basis).sum(-1)


class SpeakerEncoder(nn.Module):
    """Encode side of the speaker encoder under the published key names, without the parts for training."""

    def __init__(self, config: SpeakerConfig) -> None:
        super().__init__()
        self.levels = config.fsq_levels
        self.speaker_encoder = EcapaTdnn(config.input_dim)
        self.perceiver_sampler = PerceiverResampler(
            context_dim=LATENT_CHANNELS, dim=config.latent_dim, queries=config.token_num
        )
        self.quantizer = nn.ModuleDict({"project_in": nn.Linear(config.latent_dim, len(config.fsq_levels))})

    def bounded(self, mel: Tensor) -> Tensor:
        """[B, mels, T] -> [B, token_num, len(levels)]: the values that FSQ rounds."""
        latents = self.perceiver_sampler(self.speaker_encoder(mel).transpose(1, 2))
        return fsq_bound(self.quantizer["project_in"](latents), self.levels)

    def forward(self, mel: Tensor) -> Tensor:
        """[B, mels, T] -> global ids [B, 1, token_num]."""
        return fsq_ids(self.bounded(mel), self.levels).unsqueeze(1)


class VoiceTokenizer:
    """Tokenizer of reference clips."""

    def __init__(self, mel: MelSpectrogram, encoder: SpeakerEncoder) -> None:
        self.mel = mel
        self.encoder = encoder

    @torch.inference_mode()
    def tokens(self, clip: Samples) -> GlobalTokens:
        """Return the global tokens of `clip` (N,), at the codec's rate, as `audio.reference` cuts it. Deterministic."""
        wave = torch.from_numpy(np.ascontiguousarray(clip, np.float32)).unsqueeze(0)
        return GlobalTokens(tuple(self.encoder(self.mel(wave)).flatten().tolist()))


def load_voice_tokenizer(checkpoint: BiCodecCheckpoint) -> VoiceTokenizer:
    """Load the tokenizer on the CPU. Raises CheckpointInvalid for a checkpoint with the decode side only."""
    if not checkpoint.can_encode:
        raise CheckpointInvalid(f"{checkpoint.weights}: has no encode side, so voices cannot be made from speech")
    with unfilled():
        encoder = SpeakerEncoder(checkpoint.config.speaker_encoder)
    checkpoint.fill(encoder, prefix="speaker_encoder.")
    return VoiceTokenizer(MelSpectrogram(checkpoint.config.mel_params), encoder.eval().requires_grad_(False))


def _bounds(level: int) -> tuple[float, float, float]:
    half = (level - 1) * (1 + FSQ_MARGIN) / 2
    offset = 0.0 if level % 2 else 0.5
    return half, offset, atanh(offset / half)
