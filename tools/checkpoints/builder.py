"""Builder of complete checkpoint directories without training: tiny ones for tests, published sizes for benchmarks.

The language model emits a known token sequence (`scripted.py`), so that every engine ends; the codec's weights are
random.
"""

import json
import math
from pathlib import Path
from typing import Any

import yaml

from core.bicodec.config import TRAINING_KEYS, BiCodecConfig
from core.bicodec.layout import decode_layout
from core.checkpoint.language_model import expected_shapes
from core.checkpoint.tensor_file import StoredDtype, write_tensors
from core.checkpoint.vocabulary import read_vocabulary
from tools.checkpoints.codec_weights import CodecWeights
from tools.checkpoints.dimensions import SIZES, Dimensions, Size
from tools.checkpoints.scripted import TokenScript
from tools.checkpoints.tokenizer import write_tokenizer

_ROW_MULTIPLE = 64
"""The number of embedding rows is rounded up to a multiple of this."""

VOICES = {
    **{"lipakshi": "female", "reet": "female", "Aarvi": "female", "Asha": "female", "Bittu": "male", "Mira": "female"},
    **{"kabir": "male", "tara": "female", "Dev": "male", "Isha": "female", "Rohan": "male", "Veer": "male"},
}
"""Ids and genders of the voices of a built checkpoint."""

LANGUAGES = ["en", "hi", "te"]
ALIASES = {
    **{"lipakshi": ["nova", "marin"], "reet": ["alloy"], "Aarvi": ["coral"], "Asha": ["sage"], "Bittu": ["onyx"]},
    **{"Mira": ["shimmer"], "kabir": ["echo"], "tara": ["fable"], "Dev": ["ash"], "Isha": ["ballad"]},
    **{"Rohan": ["verse"], "Veer": ["cedar"]},
}
"""OpenAI's voice names as aliases: some OpenAI clients send no others."""


def build_checkpoint(
    root: Path,
    size: Size | Dimensions = "tiny",
    *,
    seed: int = 0,
    dtype: StoredDtype = "float32",
    tokens_per_text_token: int = 2,
) -> Path:
    """Write a directory that `open_checkpoint` accepts, the same bytes for the same arguments; return `root`.

    The language model answers a prompt of n text tokens with `tokens_per_text_token * n` semantic tokens: 0 gives empty
    answers, large numbers a runaway. At the published dimensions the directory has 2.0 GB in float32.
    """
    dimensions = SIZES[size] if isinstance(size, str) else size
    _write_language_model(root / "LLM", dimensions, seed=seed, dtype=dtype, tokens_per_text_token=tokens_per_text_token)
    write_codec(root / "BiCodec", dimensions.codec, seed=seed, dtype=dtype)
    _write_yaml(
        root / "config.yaml",
        {
            "sample_rate": dimensions.codec.rate,
            "ref_segment_duration": 6,
            "latent_hop_length": dimensions.codec.hop,
            "volume_normalize": True,
        },
    )
    _write_yaml(root / "voices.yaml", _voice_sheet())
    return root


def _write_language_model(
    directory: Path, dimensions: Dimensions, *, seed: int, dtype: StoredDtype, tokens_per_text_token: int
) -> None:
    codec = dimensions.codec
    tokens = write_tokenizer(
        directory,
        global_codes=math.prod(codec.speaker_encoder.fsq_levels),
        semantic_codes=codec.quantizer.codebook_size,
        layout=dimensions.layout,
    )
    rows = dimensions.rows or -(-tokens // _ROW_MULTIPLE) * _ROW_MULTIPLE
    vocabulary = read_vocabulary(directory / "tokenizer.json", rows=rows)
    config = dimensions.language_model(rows=rows)
    _write_json(
        directory / "config.json",
        {
            "architectures": ["Qwen2ForCausalLM"],
            **config.model_dump(),
            "hidden_act": "silu",
            "rms_norm_eps": 1e-6,
            "rope_theta": 1_000_000.0,
            "torch_dtype": "bfloat16",
            "eos_token_id": vocabulary.control.end_of_turn,
        },
    )
    _write_json(
        directory / "generation_config.json",
        {
            "eos_token_id": vocabulary.control.end_of_turn,
            "do_sample": True,
            "temperature": 0.8,
            "top_k": 50,
            "top_p": 1.0,
            "repetition_penalty": 1.05,
        },
    )
    script = TokenScript(config=config, vocabulary=vocabulary, tokens_per_text_token=tokens_per_text_token, seed=seed)
    write_tensors(directory / "model.safetensors", expected_shapes(config), script.tensor, dtype=dtype)


def write_codec(directory: Path, config: BiCodecConfig, *, seed: int, dtype: StoredDtype) -> None:
    """Write a `BiCodec/` directory with random weights of the decode side, which upstream's code reads too."""
    directory.mkdir(parents=True, exist_ok=True)
    sections = config.model_dump(mode="json")
    sections["quantizer"] |= TRAINING_KEYS  # upstream's code refuses a config without them
    _write_yaml(directory / "config.yaml", {"audio_tokenizer": sections})
    weights = CodecWeights(config, seed=seed)
    write_tensors(directory / "model.safetensors", decode_layout(config), weights.tensor, dtype=dtype)


def _voice_sheet() -> dict[str, Any]:
    return {
        "model": "veena3-built",
        "version": "1",
        "prompt": "{speaker}: {text}",
        "emotions": ["excited", "whisper", "laugh"],
        "voices": [
            {"id": name, "name": name.capitalize(), "aliases": ALIASES[name], "languages": LANGUAGES, "gender": gender}
            for name, gender in VOICES.items()
        ],
    }


def _write_json(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _write_yaml(path: Path, document: object) -> None:
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
