"""Prenet (feature decoder): quantised semantic vectors to the wave generator's input, conditioned on the speaker."""

from torch import Tensor, nn

from core.bicodec.config import PrenetConfig
from core.bicodec.vocos import VocosBackbone, stage_backbone

SLOPE = 0.2
"""Negative slope of the LeakyReLU in sampling blocks, in BiCodec's published code."""


class Upsample(nn.Module):
    """Upsampling block: a sum of three paths, so that ratio 1, without weights, multiplies by 3."""

    def __init__(self, dim: int, ratio: int) -> None:
        super().__init__()
        self.ratio = ratio
        if ratio > 1:
            self.de_conv_upsampler = nn.Sequential(
                nn.LeakyReLU(SLOPE),
                nn.ConvTranspose1d(
                    dim,
                    dim,
                    2 * ratio,
                    stride=ratio,
                    padding=ratio // 2 + ratio % 2,
                    output_padding=ratio % 2,
                    groups=dim,
                ),
            )

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, C] -> [B, C, ratio * T]."""
        x = x.mT
        if self.ratio == 1:
            return 3 * x
        y: Tensor = 3 * x.repeat_interleave(self.ratio, dim=-1) + 2 * self.de_conv_upsampler(x)
        return y


class Prenet(nn.Module):
    """Linear layer, sampling stages, conditioned backbone, linear layer."""

    def __init__(self, config: PrenetConfig) -> None:
        super().__init__()
        dim = config.vocos_dim
        self.use_tanh = config.use_tanh_at_final
        self.linear_pre = nn.Linear(config.input_channels, dim)
        self.downsample = nn.ModuleList(
            nn.Sequential(Upsample(dim, ratio), stage_backbone(config)) for ratio in config.sample_ratios
        )
        self.vocos_backbone = VocosBackbone(
            input_channels=dim,
            dim=dim,
            intermediate_dim=config.vocos_intermediate_dim,
            blocks=config.vocos_num_layers,
            condition_dim=config.condition_dim,
        )
        self.linear = nn.Linear(dim, config.out_channels)

    def forward(self, z: Tensor, modulation: Tensor) -> Tensor:
        """z [B, input_channels, T] and `vocos_backbone.modulation(d)` -> [B, out_channels, frames_per_token * T]."""
        x = self.linear_pre(z.mT)
        for stage in self.downsample:
            x = stage(x)
        y: Tensor = self.linear(self.vocos_backbone(x.mT, modulation)).mT
        return y.tanh() if self.use_tanh else y
