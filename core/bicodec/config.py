"""Read BiCodec's architecture from its `config.yaml`. Knows nothing of tensors.

Every section is required, also in a checkpoint with the decode side only. A key that is missing, unknown or of the
wrong type is an error that names the file and the key. The training keys of `quantizer` are ignored.
"""

import math
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.documents import first_fault, read_yaml
from shared.errors import CheckpointInvalid

TRAINING_KEYS = {
    "commitment": 0.25,
    "codebook_loss_weight": 2.0,
    "use_l2_normlize": True,
    "threshold_ema_dead_code": 0.2,
}
"""Keys of `quantizer` that only training uses, with their published values."""
_Positive = Annotated[int, Field(gt=0, lt=2**24)]
_Positives = Annotated[tuple[_Positive, ...], Field(min_length=1, max_length=32, strict=False)]
_Layers = Annotated[int, Field(gt=0, le=1000)]
_Hertz = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class MelConfig(_Section):
    """Mel spectrogram of the speaker encoder. A `mel_fmax` of None is half the sample rate."""

    sample_rate: _Positive
    n_fft: _Positive
    win_length: _Positive
    hop_length: _Positive
    mel_fmin: _Hertz
    mel_fmax: _Hertz | None
    num_mels: _Positive


class FeatureConfig(_Section):
    """The encoder: a Vocos backbone of two blocks per sample ratio, and the main backbone."""

    input_channels: _Positive
    vocos_dim: _Positive
    vocos_intermediate_dim: _Positive
    vocos_num_layers: _Layers
    out_channels: _Positive
    sample_ratios: _Positives = (1, 1)


class PostnetConfig(FeatureConfig):
    """The postnet: the encoder's layers in the other direction."""

    use_tanh_at_final: bool = False


class PrenetConfig(PostnetConfig):
    """The feature decoder, conditioned on the speaker."""

    condition_dim: _Positive


class GeneratorConfig(_Section):
    """The wave generator. Stage i halves `channels >> i` channels and multiplies the rate by `rates[i]`."""

    input_channel: _Positive
    channels: _Positive
    rates: _Positives
    kernel_sizes: _Positives


class QuantizerConfig(_Section):
    """The semantic codebook."""

    input_dim: _Positive
    codebook_size: _Positive
    codebook_dim: _Positive

    @model_validator(mode="before")
    @classmethod
    def _without_training_keys(cls, section: Any) -> Any:
        if isinstance(section, dict):
            return {key: value for key, value in section.items() if key not in TRAINING_KEYS}
        return section


class SpeakerConfig(_Section):
    """The speaker encoder: `token_num` global tokens, each a point of the `fsq_levels` grid."""

    input_dim: _Positive
    out_dim: _Positive
    latent_dim: _Positive
    token_num: _Positive
    fsq_levels: _Positives
    fsq_num_quantizers: _Positive


class BiCodecConfig(_Section):
    """All sections, under their published names."""

    mel_params: MelConfig
    encoder: FeatureConfig
    decoder: GeneratorConfig
    quantizer: QuantizerConfig
    speaker_encoder: SpeakerConfig
    prenet: PrenetConfig
    postnet: PostnetConfig

    @property
    def rate(self) -> int:
        """Return the rate of the sound, in Hz."""
        return self.mel_params.sample_rate

    @property
    def frames_per_token(self) -> int:
        """Return the number of prenet frames per semantic token; 1 in the published model."""
        return math.prod(self.prenet.sample_ratios)

    @property
    def hop(self) -> int:
        """Return the number of samples per semantic token."""
        return self.frames_per_token * math.prod(self.decoder.rates)

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        generator, prenet, speaker = self.decoder, self.prenet, self.speaker_encoder
        stages = len(generator.rates)
        checks = {
            "decoder.kernel_sizes: one for each of decoder.rates": len(generator.kernel_sizes) == stages,
            "decoder.kernel_sizes: none below its rate": all(
                k >= s for k, s in zip(generator.kernel_sizes, generator.rates, strict=False)
            ),
            f"decoder.channels: divisible by {2**stages}": generator.channels % 2**stages == 0,
            "prenet.input_channels: equal to quantizer.input_dim": prenet.input_channels == self.quantizer.input_dim,
            "prenet.out_channels: equal to decoder.input_channel": prenet.out_channels == generator.input_channel,
            "prenet.out_channels: equal to speaker_encoder.out_dim": prenet.out_channels == speaker.out_dim,
            "prenet.condition_dim: equal to speaker_encoder.out_dim": prenet.condition_dim == speaker.out_dim,
            "speaker_encoder.fsq_num_quantizers: 1": speaker.fsq_num_quantizers == 1,
            "speaker_encoder.fsq_levels: at least 2 each": min(speaker.fsq_levels) >= 2,
        }
        for claim, holds in checks.items():
            if not holds:
                raise ValueError(claim.replace(": ", " must be "))
        return self


class _Document(_Section):
    audio_tokenizer: BiCodecConfig


def read_config(path: Path) -> BiCodecConfig:
    """Read and validate the file. Raises CheckpointInvalid: one line with the file and the key."""
    return parse_config(read_yaml(path), source=str(path))


def parse_config(document: object, *, source: str) -> BiCodecConfig:
    """Validate a parsed file; errors name it `source`. Raises as `read_config`."""
    try:
        return _Document.model_validate(document).audio_tokenizer
    except ValidationError as error:
        raise CheckpointInvalid(f"{source}: {first_fault(error)}") from None
