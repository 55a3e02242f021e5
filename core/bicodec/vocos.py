"""Vocos backbone: ConvNeXt blocks over frames, optionally conditioned on the speaker by AdaLN.

Used by the encoder, the prenet and the postnet. LayerNorms are over channels, frame by frame.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, layer_norm

from core.bicodec.config import FeatureConfig

# Values of BiCodec's published code.
KERNEL = 7
STAGE_BLOCKS = 2
"""Blocks of the backbone that follows a sampling block."""
EPS = 1e-6
"""Epsilon of every LayerNorm."""


class AdaLayerNorm(nn.Module):
    """LayerNorm whose scale and shift are linear in the d-vector: y = LN(x) * S + H (not 1 + S)."""

    def __init__(self, condition_dim: int, dim: int) -> None:
        super().__init__()
        self.scale = nn.Linear(condition_dim, dim)
        self.shift = nn.Linear(condition_dim, dim)
        for linear in (self.scale, self.shift):
            nn.init.zeros_(linear.weight)
            nn.init.zeros_(linear.bias)
        nn.init.ones_(self.scale.bias)

    def modulation(self, d: Tensor) -> Tensor:
        """[B, condition_dim] -> [2, B, 1, dim]: S and H. They depend on the speaker only, so they can be cached."""
        return torch.stack([self.scale(d), self.shift(d)]).unsqueeze(2)

    def forward(self, x: Tensor, modulation: Tensor) -> Tensor:
        """[B, T, dim] -> [B, T, dim]."""
        return torch.addcmul(modulation[1], layer_norm(x, x.shape[-1:], eps=EPS), modulation[0])


class ConvNeXtBlock(nn.Module):
    """x + gamma * pwconv2(gelu(pwconv1(norm(dwconv(x)))))."""

    def __init__(self, dim: int, intermediate_dim: int, *, gamma: float, condition_dim: int | None) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.full((dim,), gamma))
        self.dwconv = nn.Conv1d(dim, dim, KERNEL, padding=KERNEL // 2, groups=dim)
        self.norm = _norm(dim, condition_dim)
        self.pwconv1 = nn.Linear(dim, intermediate_dim)
        self.pwconv2 = nn.Linear(intermediate_dim, dim)

    def forward(self, x: Tensor, modulation: Tensor | None = None) -> Tensor:
        """[B, dim, T] -> [B, dim, T]."""
        y = _normalise(self.norm, self.dwconv(x).mT, modulation)
        y = self.pwconv2(gelu(self.pwconv1(y)))
        out: Tensor = x + (self.gamma * y).mT
        return out


class VocosBackbone(nn.Module):
    """Embedding convolution, norm, ConvNeXt blocks, final norm."""

    def __init__(
        self, *, input_channels: int, dim: int, intermediate_dim: int, blocks: int, condition_dim: int | None = None
    ) -> None:
        super().__init__()
        self.embed = nn.Conv1d(input_channels, dim, KERNEL, padding=KERNEL // 2)
        self.norm = _norm(dim, condition_dim)
        self.convnext = nn.ModuleList(
            ConvNeXtBlock(dim, intermediate_dim, gamma=1 / blocks, condition_dim=condition_dim) for _ in range(blocks)
        )
        self.final_layer_norm = nn.LayerNorm(dim, eps=EPS)

    def modulation(self, d: Tensor) -> Tensor:
        """[B, condition_dim] -> [1 + blocks, 2, B, 1, dim] for `forward`; of a conditioned backbone only."""
        norms = [module for module in self.modules() if isinstance(module, AdaLayerNorm)]
        return torch.stack([norm.modulation(d) for norm in norms])

    def forward(self, x: Tensor, modulation: Tensor | None = None) -> Tensor:
        """[B, input_channels, T] -> [B, T, dim]."""
        of_norm = [None] * (1 + len(self.convnext)) if modulation is None else list(modulation)
        x = _normalise(self.norm, self.embed(x).mT, of_norm[0]).mT
        for block, of_block in zip(self.convnext, of_norm[1:], strict=True):
            x = block(x, of_block)
        y: Tensor = self.final_layer_norm(x.mT)
        return y


def stage_backbone(config: FeatureConfig) -> VocosBackbone:
    """Return the short, unconditioned backbone that follows a sampling block."""
    return VocosBackbone(
        input_channels=config.vocos_dim,
        dim=config.vocos_dim,
        intermediate_dim=config.vocos_intermediate_dim,
        blocks=STAGE_BLOCKS,
    )


def _norm(dim: int, condition_dim: int | None) -> nn.Module:
    return nn.LayerNorm(dim, eps=EPS) if condition_dim is None else AdaLayerNorm(condition_dim, dim)


def _normalise(norm: nn.Module, x: Tensor, modulation: Tensor | None) -> Tensor:
    y: Tensor = norm(x) if modulation is None else norm(x, modulation)
    return y
