"""Perceiver resampler: any number of latent frames to a fixed number of vectors, one per learned query.

Module names are those of the checkpoint.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, normalize, scaled_dot_product_attention

from core.bicodec.layout import PERCEIVER_INNER, PERCEIVER_LAYERS

HEAD_DIM = 64
NORM_EPS = 1e-12


class Attention(nn.Module):
    """Attention of the queries to the queries and the context, concatenated in this order. No biases, no norm."""

    def __init__(self, dim: int, inner: int) -> None:
        super().__init__()
        self.to_q = nn.Linear(dim, inner, bias=False)
        self.to_kv = nn.Linear(dim, 2 * inner, bias=False)
        self.to_out = nn.Linear(inner, dim, bias=False)

    def forward(self, queries: Tensor, context: Tensor) -> Tensor:
        """[B, Q, dim] and [B, T, dim] -> [B, Q, dim]."""
        keys, values = self.to_kv(torch.cat([queries, context], dim=1)).chunk(2, dim=-1)
        heads = scaled_dot_product_attention(_split(self.to_q(queries)), _split(keys), _split(values))
        y: Tensor = self.to_out(heads.transpose(1, 2).flatten(2))
        return y


class GatedLinear(nn.Sequential):
    """Two linear layers; the second half of the first one's output gates the first half."""

    def __init__(self, dim: int) -> None:
        inner = dim * 8 // 3
        # The gate has no weights, but the checkpoint's key names count it as number 1 of the sequence.
        super().__init__(nn.Linear(dim, 2 * inner), Gate(), nn.Linear(inner, dim))


class Gate(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        """[..., 2 * C] -> [..., C]."""
        value, gate = x.chunk(2, dim=-1)
        return gelu(gate) * value


class RootMeanSquareNorm(nn.Module):
    """Scale each vector to length sqrt(dim), then by a learned factor per feature."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(dim))

    def forward(self, x: Tensor) -> Tensor:
        """[..., dim] -> [..., dim]."""
        length: float = x.shape[-1] ** 0.5
        return normalize(x, dim=-1, eps=NORM_EPS) * length * self.gamma


class PerceiverResampler(nn.Module):
    """Perceiver resampler. `latents` [queries, dim] are the learned queries; `inner` is the width of all heads."""

    def __init__(self, *, context_dim: int, dim: int, queries: int, inner: int = PERCEIVER_INNER) -> None:
        super().__init__()
        self.proj_context = nn.Linear(context_dim, dim)
        self.latents = nn.Parameter(torch.zeros(queries, dim))
        self.layers = nn.ModuleList(
            nn.ModuleList([Attention(dim, inner), GatedLinear(dim)]) for _ in range(PERCEIVER_LAYERS)
        )
        self.norm = RootMeanSquareNorm(dim)

    def forward(self, context: Tensor) -> Tensor:
        """[B, T, context_dim] -> [B, queries, dim]."""
        projected = self.proj_context(context)
        y: Tensor = self.latents.expand(len(context), -1, -1)
        for layer in self.layers:
            attention, feed_forward = layer.children()
            y = y + attention(y, projected)
            y = y + feed_forward(y)
        resampled: Tensor = self.norm(y)
        return resampled


def _split(x: Tensor) -> Tensor:
    """[B, T, heads * C] -> [B, heads, T, C]."""
    return x.reshape(*x.shape[:2], -1, HEAD_DIM).transpose(1, 2)
