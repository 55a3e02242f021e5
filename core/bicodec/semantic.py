"""Encode speech features to semantic tokens: encoder and nearest code. `wav2vec2.py` computes the features."""

from torch import Tensor, nn
from torch.nn.functional import avg_pool1d, normalize

from core.bicodec.checkpoint import BiCodecCheckpoint
from core.bicodec.config import BiCodecConfig, FeatureConfig, QuantizerConfig
from core.bicodec.prenet import SLOPE
from core.bicodec.vocos import VocosBackbone, stage_backbone
from core.unfilled import unfilled
from shared.errors import CheckpointInvalid

NORM_EPS = 1e-12


class Downsample(nn.Module):
    """Downsampling block: a sum of three paths, so that ratio 1, without weights, multiplies by 3."""

    def __init__(self, dim: int, ratio: int) -> None:
        super().__init__()
        self.ratio = ratio
        if ratio > 1:
            self.conv_downsampler = nn.Sequential(
                nn.LeakyReLU(SLOPE),
                nn.Conv1d(dim, dim, 2 * ratio, stride=ratio, padding=ratio // 2 + ratio % 2, groups=dim),
            )

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, C] -> [B, C, T // ratio]."""
        x = x.mT
        if self.ratio == 1:
            return 3 * x
        y: Tensor = self.conv_downsampler(x) + 2 * avg_pool1d(x, self.ratio)
        return y


class FeatureEncoder(nn.Module):
    """Backbone, sampling stages, linear layer: the reverse of the prenet, without speaker conditioning."""

    def __init__(self, config: FeatureConfig) -> None:
        super().__init__()
        dim = config.vocos_dim
        self.encoder = VocosBackbone(
            input_channels=config.input_channels,
            dim=dim,
            intermediate_dim=config.vocos_intermediate_dim,
            blocks=config.vocos_num_layers,
        )
        self.downsample = nn.ModuleList(
            nn.Sequential(Downsample(dim, ratio), stage_backbone(config)) for ratio in config.sample_ratios
        )
        self.project = nn.Linear(dim, config.out_channels)

    def forward(self, features: Tensor) -> Tensor:
        """[B, T, input_channels] -> [B, out_channels, frames]."""
        x = self.encoder(features.mT)
        for stage in self.downsample:
            x = stage(x)
        y: Tensor = self.project(x).mT
        return y


class NearestCode(nn.Module):
    """Encode side of the semantic quantizer: the code with the largest cosine similarity."""

    def __init__(self, config: QuantizerConfig) -> None:
        super().__init__()
        self.in_project = nn.Conv1d(config.input_dim, config.codebook_dim, 1)
        self.codebook = nn.Embedding(config.codebook_size, config.codebook_dim)

    def similarity(self, latent: Tensor) -> Tensor:
        """Return the cosine similarity of [B, codebook_dim, T] to every code: [B, T, codebook_size]."""
        codes = normalize(self.codebook.weight, dim=-1, eps=NORM_EPS)
        return normalize(latent.mT, dim=-1, eps=NORM_EPS) @ codes.T

    def forward(self, z: Tensor) -> Tensor:
        """[B, input_dim, T] -> ids [B, T]; the lowest id among equally similar codes."""
        return self.similarity(self.in_project(z)).argmax(-1)


class SemanticEncoder(nn.Module):
    """Encode side of the semantic tokens, under the published key names."""

    def __init__(self, config: BiCodecConfig) -> None:
        super().__init__()
        self.encoder = FeatureEncoder(config.encoder)
        self.quantizer = NearestCode(config.quantizer)

    def forward(self, features: Tensor) -> Tensor:
        """wav2vec2 features [B, T, input_channels] -> semantic ids [B, frames]."""
        ids: Tensor = self.quantizer(self.encoder(features))
        return ids


def load_semantic_encoder(checkpoint: BiCodecCheckpoint) -> SemanticEncoder:
    """Load the encoder on the CPU. Raises CheckpointInvalid for a checkpoint with the decode side only."""
    if not checkpoint.reads_speech:
        raise CheckpointInvalid(f"{checkpoint.weights}: has no encode side, so speech cannot be tokenized")
    with unfilled():
        encoder = SemanticEncoder(checkpoint.config)
    checkpoint.fill(encoder)
    return encoder.eval().requires_grad_(False)
