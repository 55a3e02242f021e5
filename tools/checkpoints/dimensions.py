"""Dimensions of built checkpoints. A trained checkpoint states its own in its config files."""

from dataclasses import dataclass
from typing import Literal

from core.bicodec.config import (
    BiCodecConfig,
    FeatureConfig,
    GeneratorConfig,
    MelConfig,
    PostnetConfig,
    PrenetConfig,
    QuantizerConfig,
    SpeakerConfig,
)
from core.checkpoint.language_model import LanguageModelConfig
from shared.types import GLOBAL_TOKENS
from tools.checkpoints.tokenizer import PUBLISHED_ROWS, TokenizerLayout

Size = Literal["tiny", "small", "full"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimensions:
    """Dimensions of both models. `rows` 0 means the number of tokens, rounded up."""

    hidden: int
    inner: int
    layers: int
    heads: int
    kv_heads: int
    positions: int
    codec: BiCodecConfig
    layout: TokenizerLayout = "compact"
    rows: int = 0

    def language_model(self, *, rows: int) -> LanguageModelConfig:
        """Return the config of a Qwen2 with this number of embedding rows."""
        return LanguageModelConfig(
            model_type="qwen2",
            vocab_size=rows,
            hidden_size=self.hidden,
            intermediate_size=self.inner,
            num_hidden_layers=self.layers,
            num_attention_heads=self.heads,
            num_key_value_heads=self.kv_heads,
            max_position_embeddings=self.positions,
            tie_word_embeddings=True,
        )


def codec_dimensions(
    *,
    width: int,
    prenet: int,
    prenet_layers: int,
    generator: int,
    codes: int,
    code_dim: int,
    fsq_levels: tuple[int, ...],
) -> BiCodecConfig:
    """Return the config of a BiCodec of the published topology: 16 kHz, 320 samples per token.

    `width` is the number of channels between its parts.
    """
    inner = 16 * prenet // 3

    def backbone(layers: int) -> FeatureConfig:
        return FeatureConfig(
            input_channels=width,
            vocos_dim=prenet,
            vocos_intermediate_dim=inner,
            vocos_num_layers=layers,
            out_channels=width,
        )

    return BiCodecConfig(
        mel_params=MelConfig(
            sample_rate=16_000, n_fft=1024, win_length=640, hop_length=320, mel_fmin=10, mel_fmax=None, num_mels=128
        ),
        encoder=backbone(prenet_layers),
        decoder=GeneratorConfig(
            input_channel=width, channels=generator, rates=(8, 5, 4, 2), kernel_sizes=(16, 11, 8, 4)
        ),
        quantizer=QuantizerConfig(input_dim=width, codebook_size=codes, codebook_dim=code_dim),
        speaker_encoder=SpeakerConfig(
            input_dim=128,
            out_dim=width,
            latent_dim=min(128, width),
            token_num=GLOBAL_TOKENS,
            fsq_levels=fsq_levels,
            fsq_num_quantizers=1,
        ),
        prenet=PrenetConfig(**backbone(prenet_layers).model_dump(), condition_dim=width),
        postnet=PostnetConfig(**backbone(max(1, prenet_layers // 2)).model_dump()),
    )


SIZES: dict[Size, Dimensions] = {
    "tiny": Dimensions(
        hidden=64,
        inner=128,
        layers=2,
        heads=2,
        kv_heads=1,
        positions=2048,
        codec=codec_dimensions(
            width=32, prenet=24, prenet_layers=2, generator=64, codes=64, code_dim=8, fsq_levels=(4, 4, 4)
        ),
    ),
    "small": Dimensions(
        hidden=192,
        inner=512,
        layers=6,
        heads=6,
        kv_heads=2,
        positions=4096,
        codec=codec_dimensions(
            width=192, prenet=160, prenet_layers=5, generator=256, codes=1024, code_dim=32, fsq_levels=(4, 4)
        ),
    ),
    "full": Dimensions(
        hidden=896,
        inner=4864,
        layers=24,
        heads=14,
        kv_heads=2,
        positions=32_768,
        codec=codec_dimensions(
            width=1024,
            prenet=384,
            prenet_layers=12,
            generator=1536,
            codes=8192,
            code_dim=8,
            fsq_levels=(4, 4, 4, 4, 4, 4),
        ),
        layout="published",
        rows=PUBLISHED_ROWS,
    ),
}
