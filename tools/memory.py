"""Estimate of the GPU memory that the service needs, part by part, from dimensions and settings. Loads nothing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.alignment.files import AlignerConfig
from core.bicodec.config import BiCodecConfig
from core.bicodec.layout import decode_layout, encode_layout
from core.checkpoint.language_model import LanguageModelConfig, expected_shapes
from core.superres.checkpoint import CONFIG_FILE, weights_file
from core.superres.config import SuperResConfig
from shared.config import MIB, CloningMode, CodecMode, Settings
from tools.checkpoints.dimensions import SIZES

GIB = 1024 * MIB

CONTEXTS = 2 * 512 * MIB
"""Bytes of the CUDA contexts of the engine's and the server's process. Assumed."""
GRAPHS_AND_WORKSPACES = 512 * MIB
"""Bytes of vLLM's CUDA graphs, cuBLAS and attention workspaces. Assumed."""
LIVE_COPIES = 4
"""Copies of a layer's output that exist at once while a stage runs. Assumed."""
WAVE_CONTEXT = 40
"""Tokens of context that a window adds in the wave generator."""

WAV2VEC2_VALUES = 227_265_152
"""Values of wav2vec2-large-xlsr-53 with the 17 layers that are kept, by its published dimensions."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the memory. `basis` names the source: the checkpoint's dimensions, a setting, or an assumption."""

    name: str
    bytes: int
    basis: str


def gpu_memory(settings: Settings, language_model: LanguageModelConfig, codec: BiCodecConfig) -> tuple[Part, ...]:
    """Return all parts; their sum must be free on the GPU."""
    return (
        Part("CUDA contexts", CONTEXTS, "assumed: 0.5 GiB for each of two processes"),
        Part("language model", 2 * _values(expected_shapes(language_model)), "its tensors in bfloat16"),
        Part(
            "key-value cache",
            settings.vllm_kv_cache_mib * MIB,
            f"VLLM_KV_CACHE_MIB: {cached_tokens(settings, language_model):,} tokens",
        ),
        Part("sampling", settings.max_running * language_model.vocab_size * 4 * LIVE_COPIES, "logits of MAX_RUNNING"),
        Part("graphs, workspaces", GRAPHS_AND_WORKSPACES, "assumed"),
        Part("codec", _value_bytes(settings) * _values(decode_layout(codec)), "its decode side, as CODEC_MODE"),
        Part("decoding", _decoding(settings, codec), "DECODE_BATCH windows of WINDOW_STEADY tokens, four layers live"),
        *_super_resolution(settings.super_resolution),
    )


def cloning_memory(settings: Settings, codec: BiCodecConfig) -> tuple[Part, ...]:
    """Return the parts that voices of recordings need in the machine's memory: the CPU encodes."""
    if settings.cloning is CloningMode.OFF:
        return ()
    sizes = {name: math.prod(shape) for name, shape in encode_layout(codec).items()}
    speaker = sum(size for name, size in sizes.items() if name.startswith("speaker_encoder."))
    parts = [Part("speaker encoder", 4 * speaker, "its tensors in float32")]
    if settings.cloning is CloningMode.FULL:
        semantic = sum(size for name, size in sizes.items() if name.startswith(("encoder.", "quantizer.in_project")))
        semantic += codec.quantizer.codebook_size * codec.quantizer.codebook_dim
        parts.append(Part("semantic encoder", 4 * semantic, "its tensors in float32"))
        parts.append(Part("speech features", 4 * WAV2VEC2_VALUES, "wav2vec2-large-xlsr-53, 17 of its 24 layers"))
    return tuple(parts)


def aligner_memory(aligner: AlignerConfig | None) -> tuple[Part, ...]:
    """Return the part that the times of words need in the machine's memory, if the checkpoint has an aligner."""
    return (Part("aligner", aligner.bytes, "its tables in float32"),) if aligner else ()


def published_dimensions() -> tuple[LanguageModelConfig, BiCodecConfig]:
    """Return the dimensions of the published Spark-TTS models."""
    full = SIZES["full"]
    return full.language_model(rows=full.rows), full.codec


def cached_tokens(settings: Settings, language_model: LanguageModelConfig) -> int:
    """Return the tokens, of prompts and speech, that the key-value cache holds for all requests together."""
    return settings.vllm_kv_cache_mib * MIB // language_model.kv_bytes_per_token


def _values(shapes: Mapping[str, tuple[int, ...]]) -> int:
    return sum(map(math.prod, shapes.values()))


def _value_bytes(settings: Settings) -> int:
    return 2 if settings.codec_mode is CodecMode.BF16 else 4


def _decoding(settings: Settings, codec: BiCodecConfig) -> int:
    """Return the bytes of a batch in the widest layer of the wave generator.

    Stage i has `channels >> (i + 1)` channels at the product of the rates up to it.
    """
    generator, rate, widest = codec.decoder, 1, 0
    for stage, factor in enumerate(generator.rates):
        rate *= factor
        widest = max(widest, (generator.channels >> (stage + 1)) * rate)
    tokens = settings.decode_batch * (settings.window_steady + WAVE_CONTEXT)
    return tokens * widest * _value_bytes(settings) * LIVE_COPIES


def _super_resolution(directory: Path | None) -> tuple[Part, ...]:
    if directory is None:
        return ()
    config = SuperResConfig.read(directory / CONFIG_FILE)
    frames = 5 * config.high_rate // config.hop
    work = 2 * frames * 3 * config.channels * 4 * LIVE_COPIES
    weights = weights_file(directory).stat().st_size
    return (
        Part("super-resolution", weights, "its file, float32"),
        Part("super-resolution, work", work, "5 s of sound, two branches"),
    )
