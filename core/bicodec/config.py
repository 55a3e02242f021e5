"""BiCodec's architecture as its `config.yaml` states it. Knows nothing of tensors.

Every section is required, also for a checkpoint that carries the decode side only. A key that is missing, unknown or of
the wrong type is an error that names the file and the key; only `quantizer` has training keys, which are passed over.
"""

import math
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from core.documents import read_yaml
from shared.errors import CheckpointInvalid

_ROOT = "audio_tokenizer"
_TRAINING_KEYS = frozenset({"commitment", "codebook_loss_weight", "use_l2_normlize", "threshold_ema_dead_code"})
_Section = TypeVar("_Section", bound="MelConfig | FeatureConfig | GeneratorConfig | QuantizerConfig | SpeakerConfig")


@dataclass(frozen=True, slots=True, kw_only=True)
class MelConfig:
    """`mel_fmax` None is half the sample rate."""

    sample_rate: int
    n_fft: int
    win_length: int
    hop_length: int
    mel_fmin: float
    mel_fmax: float | None
    num_mels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureConfig:
    """The encoder and postnet: one Vocos backbone of two blocks for each sample ratio, and the main one."""

    input_channels: int
    vocos_dim: int
    vocos_intermediate_dim: int
    vocos_num_layers: int
    out_channels: int
    sample_ratios: tuple[int, ...] = (1, 1)
    use_tanh_at_final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrenetConfig(FeatureConfig):
    """The feature decoder, conditioned on the speaker."""

    condition_dim: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorConfig:
    """The wave generator; stage i turns `channels >> i` channels into half as many at `rates[i]` times the rate."""

    input_channel: int
    channels: int
    rates: tuple[int, ...]
    kernel_sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantizerConfig:
    """The semantic codebook."""

    input_dim: int
    codebook_size: int
    codebook_dim: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerConfig:
    """The speaker encoder; `token_num` global tokens, each a point of the `fsq_levels` grid."""

    input_dim: int
    out_dim: int
    latent_dim: int
    token_num: int
    fsq_levels: tuple[int, ...]
    fsq_num_quantizers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BiCodecConfig:
    """All sections, under their published names."""

    mel_params: MelConfig
    encoder: FeatureConfig
    decoder: GeneratorConfig
    quantizer: QuantizerConfig
    speaker_encoder: SpeakerConfig
    prenet: PrenetConfig
    postnet: FeatureConfig

    @property
    def rate(self) -> int:
        """Of the sound, in Hz."""
        return self.mel_params.sample_rate

    @property
    def frames_per_token(self) -> int:
        """Prenet frames for one semantic token; 1 in the published model."""
        return math.prod(self.prenet.sample_ratios)

    @property
    def hop(self) -> int:
        """Samples of one semantic token."""
        return self.frames_per_token * math.prod(self.decoder.rates)


def read_config(path: Path) -> BiCodecConfig:
    """Raise CheckpointInvalid, in one line with the file and the key, for anything but a complete and coherent file."""
    return parse_config(read_yaml(path), source=str(path))


def parse_config(document: object, *, source: str) -> BiCodecConfig:
    """`read_config` of a parsed file; `source` names it in errors."""
    try:
        root = _mapping(document, "the document")
        _refuse_unknown(root, {_ROOT}, "")
        config = _config(_mapping(root.get(_ROOT), _ROOT))
        _check_coherent(config)
    except _Wrong as wrong:
        raise CheckpointInvalid(f"{source}: {wrong}") from None
    return config


class _Wrong(Exception):
    """What is wrong, without the file's name."""


def _mapping(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _Wrong(f"{name} must be a mapping" if value is not None else f"{name} is missing")
    return value


def _refuse_unknown(section: Mapping[str, object], known: set[str], prefix: str) -> None:
    if unknown := sorted(str(key) for key in section if key not in known):
        raise _Wrong(f"unknown key {prefix}{unknown[0]}")


def _config(root: Mapping[str, object]) -> BiCodecConfig:
    hints = get_type_hints(BiCodecConfig)
    _refuse_unknown(root, set(hints), f"{_ROOT}.")
    return BiCodecConfig(**{name: _section(kind, root.get(name), name) for name, kind in hints.items()})


def _section(kind: type[_Section], raw: object, name: str) -> _Section:
    prefix = f"{_ROOT}.{name}."
    values = _mapping(raw, prefix.removesuffix("."))
    hints = get_type_hints(kind)
    passed_over = _TRAINING_KEYS if kind is QuantizerConfig else frozenset[str]()
    _refuse_unknown(values, set(hints) | passed_over, prefix)
    return kind(**{item.name: _value(hints[item.name], values, item, prefix) for item in fields(kind)})


def _value(hint: object, values: Mapping[str, object], item: "Field[Any]", prefix: str) -> Any:
    key = prefix + item.name
    if item.name not in values:
        if item.default is MISSING:
            raise _Wrong(f"{key} is missing")
        return item.default
    value = values[item.name]
    if hint is bool:
        return _require(value, isinstance(value, bool), key, "true or false")
    if hint is int:
        return _require(value, _positive(value), key, "a positive integer")
    if hint == tuple[int, ...]:
        positive = isinstance(value, list) and bool(value) and all(map(_positive, value))
        return tuple(_require(value, positive, key, "a list of positive integers"))
    number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf
    return _require(value, number or (value is None and hint is not float), key, "a frequency in Hz")


def _positive(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _require(value: Any, holds: bool, key: str, wanted: str) -> Any:
    if not holds:
        raise _Wrong(f"{key} must be {wanted}")
    return value


def _check_coherent(config: BiCodecConfig) -> None:
    generator, prenet, speaker = config.decoder, config.prenet, config.speaker_encoder
    stages = len(generator.rates)
    checks = {
        "decoder.kernel_sizes: one for each of decoder.rates": len(generator.kernel_sizes) == stages,
        "decoder.kernel_sizes: none below its rate": all(
            k >= s for k, s in zip(generator.kernel_sizes, generator.rates, strict=False)
        ),
        f"decoder.channels: divisible by {2**stages}": generator.channels % 2**stages == 0,
        "prenet.input_channels: equal to quantizer.input_dim": prenet.input_channels == config.quantizer.input_dim,
        "prenet.out_channels: equal to decoder.input_channel": prenet.out_channels == generator.input_channel,
        "prenet.out_channels: equal to speaker_encoder.out_dim": prenet.out_channels == speaker.out_dim,
        "prenet.condition_dim: equal to speaker_encoder.out_dim": prenet.condition_dim == speaker.out_dim,
        "speaker_encoder.fsq_num_quantizers: 1": speaker.fsq_num_quantizers == 1,
        "speaker_encoder.fsq_levels: at least 2 each": min(speaker.fsq_levels) >= 2,
    }
    for claim, holds in checks.items():
        if not holds:
            key, wanted = claim.split(": ")
            raise _Wrong(f"{_ROOT}.{key} must be {wanted}")
