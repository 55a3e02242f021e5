"""Look up the vectors of token ids: the semantic codebook and the speaker's FSQ grid."""

from collections.abc import Sequence
from itertools import accumulate
from operator import mul

import torch
from torch import Tensor, nn

from core.bicodec.config import QuantizerConfig, SpeakerConfig


def fsq_codes(ids: Tensor, levels: Sequence[int]) -> Tensor:
    """Return the grid points of FSQ indices: [...] integers -> [..., len(levels)] float32.

    The first dimension is the least significant digit. A dimension with an odd number of levels spans [-1, 1]; one with
    an even number spans [-1, 1).
    """
    basis = torch.tensor([1, *accumulate(levels[:-1], mul)], device=ids.device)
    digits = ids.long().unsqueeze(-1) // basis % torch.tensor(levels, device=ids.device)
    half = torch.tensor([level // 2 for level in levels], device=ids.device)
    return (digits - half).float() / half


class SemanticQuantizer(nn.Module):
    """Decode side of the semantic quantizer: codebook rows, projected to the prenet's width."""

    def __init__(self, config: QuantizerConfig) -> None:
        super().__init__()
        self.codebook = nn.Embedding(config.codebook_size, config.codebook_dim)
        self.out_project = nn.Conv1d(config.codebook_dim, config.input_dim, 1)

    def forward(self, ids: Tensor) -> Tensor:
        """[B, T] ids below `codebook_size` -> z_q [B, input_dim, T]."""
        z: Tensor = self.out_project(self.codebook(ids).mT)
        return z


class _FsqProjection(nn.Module):
    """Container of `project_out`, as the checkpoint's key names require."""

    def __init__(self, config: SpeakerConfig) -> None:
        super().__init__()
        self.project_out = nn.Linear(len(config.fsq_levels), config.latent_dim)


class SpeakerDecoder(nn.Module):
    """Decode side of the speaker encoder: global tokens to the d-vector."""

    def __init__(self, config: SpeakerConfig) -> None:
        super().__init__()
        self.levels = config.fsq_levels
        self.quantizer = _FsqProjection(config)
        self.project = nn.Linear(config.latent_dim * config.token_num, config.out_dim)

    def forward(self, ids: Tensor) -> Tensor:
        """[B, 1, token_num] ids -> d [B, out_dim]."""
        codes = fsq_codes(ids.squeeze(1), self.levels).to(self.project.weight.dtype)
        latent: Tensor = self.quantizer.project_out(codes)
        d: Tensor = self.project(latent.mT.flatten(1))  # channel-major: index = channel * token_num + token
        return d
