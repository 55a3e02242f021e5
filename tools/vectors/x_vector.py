"""Last layers of ECAPA-TDNN: latents to x-vector. Not part of inference; only golden arrays need it."""

import torch
from torch import Tensor, nn

from core.bicodec.checkpoint import BiCodecCheckpoint
from core.bicodec.ecapa import LATENT_CHANNELS
from core.bicodec.layout import ECAPA_BOTTLENECK

VARIANCE_FLOOR = 1e-7


class AttentivePooling(nn.Module):
    """Weighted mean and standard deviation over time, with a weight for each frame and channel."""

    def __init__(self) -> None:
        super().__init__()
        self.linear1 = nn.Conv1d(3 * LATENT_CHANNELS, ECAPA_BOTTLENECK, 1)
        self.linear2 = nn.Conv1d(ECAPA_BOTTLENECK, LATENT_CHANNELS, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[B, 1536, T] -> [B, 3072]."""
        deviation = x.var(dim=2, keepdim=True).clamp(min=VARIANCE_FLOOR).sqrt()
        whole = [x.mean(dim=2, keepdim=True).expand_as(x), deviation.expand_as(x)]
        weights = self.linear2(torch.tanh(self.linear1(torch.cat([x, *whole], dim=1)))).softmax(dim=2)
        mean = (weights * x).sum(2)
        variance = (weights * x.square()).sum(2) - mean.square()
        return torch.cat([mean, variance.clamp(min=VARIANCE_FLOOR).sqrt()], dim=1)


class XVector(nn.Module):
    """Pooling, batch norm and projection, under the published key names."""

    def __init__(self, out_dim: int) -> None:
        super().__init__()
        self.pool = AttentivePooling()
        self.bn = nn.BatchNorm1d(2 * LATENT_CHANNELS)
        self.linear = nn.Linear(2 * LATENT_CHANNELS, out_dim)

    def forward(self, latents: Tensor) -> Tensor:
        """[B, 1536, T] -> [B, out_dim]."""
        y: Tensor = self.linear(self.bn(self.pool(latents)))
        return y


def load_x_vector(checkpoint: BiCodecCheckpoint) -> XVector:
    """Load the module from a checkpoint that has its encode side."""
    with torch.device("meta"):
        module = XVector(checkpoint.config.speaker_encoder.out_dim)
    checkpoint.fill(module, prefix="speaker_encoder.speaker_encoder.")
    return module.eval().requires_grad_(False)
