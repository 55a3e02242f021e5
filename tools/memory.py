"""How much of a GPU's memory the service takes, part by part: arithmetic on dimensions and settings, nothing loaded."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.bicodec.config import BiCodecConfig
from core.bicodec.layout import decode_layout
from core.checkpoint.language_model import LanguageModelConfig, expected_shapes
from core.superres.checkpoint import CONFIG_FILE, weights_file
from core.superres.config import SuperResConfig
from shared.config import MIB, CodecMode, Settings
from tools.checkpoints.dimensions import SIZES

GIB = 1024 * MIB

CONTEXTS = 2 * 512 * MIB  # CUDA's own, in the engine's process and in the server's
GRAPHS_AND_WORKSPACES = 512 * MIB  # vLLM's graphs, cuBLAS and attention workspaces
LIVE_COPIES = 4  # of a layer's output that exist at once while a stage runs
WAVE_CONTEXT = 40  # tokens around a window that its wave generator sees as well


@dataclass(frozen=True, slots=True)
class Part:
    """`basis` says what the figure rests on: the checkpoint's dimensions, a setting, or an assumption."""

    name: str
    bytes: int
    basis: str


def gpu_memory(settings: Settings, language_model: LanguageModelConfig, codec: BiCodecConfig) -> tuple[Part, ...]:
    """Every part; their sum is what must be free on the GPU."""
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


def published_dimensions() -> tuple[LanguageModelConfig, BiCodecConfig]:
    """Of Spark-TTS as published."""
    full = SIZES["full"]
    return full.language_model(rows=full.rows), full.codec


def cached_tokens(settings: Settings, language_model: LanguageModelConfig) -> int:
    """Tokens, of prompts and speech together, that the key-value cache holds for all requests at once."""
    return settings.vllm_kv_cache_mib * MIB // language_model.kv_bytes_per_token


def _values(shapes: Mapping[str, tuple[int, ...]]) -> int:
    return sum(map(math.prod, shapes.values()))


def _value_bytes(settings: Settings) -> int:
    return 2 if settings.codec_mode is CodecMode.BF16 else 4


def _decoding(settings: Settings, codec: BiCodecConfig) -> int:
    """The widest layer of the wave generator, whose stage i has `channels >> (i + 1)` at the rates so far."""
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
        Part("widening", work, "5 s of sound, two branches"),
    )
