"""Read the files under `LLM/`, except the tokenizer: dimensions, shapes of the weights, default sampling.

Reads headers and small JSON files only; the engine loads the weights.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.checkpoint.stored_tensors import Shape, check_shapes, read_shapes
from core.documents import first_fault, read_json
from shared.errors import CheckpointInvalid
from shared.types import MAX_REPETITION_PENALTY, MAX_TEMPERATURE, MAX_TOP_K, Sampling

_Count = Annotated[int, Field(strict=True, gt=0, lt=2**24)]
"""The largest published model has a vocabulary of 166,000."""
_Layers = Annotated[int, Field(strict=True, gt=0, le=1000)]
"""Qwen2 has at most 80."""


class LanguageModelConfig(BaseModel):
    """The keys of a Qwen2 `config.json` that this service reads. The engine reads the others."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    model_type: Literal["qwen2"]
    vocab_size: _Count
    hidden_size: _Count
    intermediate_size: _Count
    num_hidden_layers: _Layers
    num_attention_heads: _Count
    num_key_value_heads: _Count
    max_position_embeddings: _Count
    tie_word_embeddings: bool = False
    use_sliding_window: bool = False

    @property
    def head_dim(self) -> int:
        return self.hidden_size // self.num_attention_heads

    @property
    def kv_bytes_per_token(self) -> int:
        """Return the key-value cache's bytes per token, at two bytes a value."""
        return 2 * 2 * self.num_hidden_layers * self.num_key_value_heads * self.head_dim

    @model_validator(mode="after")
    def _coherent(self) -> "LanguageModelConfig":
        if self.hidden_size % self.num_attention_heads:
            raise ValueError("hidden_size must be a multiple of num_attention_heads")
        if self.num_attention_heads % self.num_key_value_heads:
            raise ValueError("num_attention_heads must be a multiple of num_key_value_heads")
        if self.use_sliding_window:
            raise ValueError("use_sliding_window is not supported: the voice's tokens at the start must stay visible")
        return self


class _GenerationConfig(BaseModel):
    """The sampling parameters that are read, within the API's bounds. Hugging Face writes 0 for "no top-k"."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    temperature: Annotated[float, Field(ge=0, le=MAX_TEMPERATURE)] | None = None
    top_k: Annotated[int, Field(ge=-1, le=MAX_TOP_K)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    repetition_penalty: Annotated[float, Field(ge=1, le=MAX_REPETITION_PENALTY)] | None = None


def read_language_model_config(path: Path) -> LanguageModelConfig:
    """Read `LLM/config.json`. Raises CheckpointInvalid."""
    try:
        return LanguageModelConfig.model_validate(read_json(path))
    except ValidationError as error:
        raise CheckpointInvalid(f"{path}: {first_fault(error)}") from None


def read_sampling(path: Path) -> Sampling:
    """Read `LLM/generation_config.json`; missing keys take the API's defaults. Raises CheckpointInvalid."""
    if not path.exists():
        return Sampling()
    try:
        stated = _GenerationConfig.model_validate(read_json(path)).model_dump(exclude_none=True)
    except ValidationError as error:
        raise CheckpointInvalid(f"{path}: {first_fault(error)}") from None
    if stated.get("top_k") == 0:
        stated["top_k"] = -1
    return Sampling(**stated)


def check_weights(path: Path, config: LanguageModelConfig) -> None:
    """Compare the header of `LLM/model.safetensors` with the config. Raises CheckpointInvalid, naming the tensor."""
    expected = expected_shapes(config)
    stored = read_shapes(path)
    if config.tie_word_embeddings:  # some exporters write the shared matrix twice
        expected["lm_head.weight"] = expected["model.embed_tokens.weight"]
    check_shapes(path, stored, expected, optional=frozenset({"lm_head.weight"} if config.tie_word_embeddings else ()))


def expected_shapes(config: LanguageModelConfig) -> dict[str, Shape]:
    """Return the shape of every tensor of `Qwen2ForCausalLM`, in the model's order."""
    hidden, inner = config.hidden_size, config.intermediate_size
    keys = config.num_key_value_heads * config.head_dim
    shapes: dict[str, Shape] = {"model.embed_tokens.weight": (config.vocab_size, hidden)}
    for layer in range(config.num_hidden_layers):
        prefix = f"model.layers.{layer}."
        shapes[prefix + "input_layernorm.weight"] = (hidden,)
        for name, rows in (("q", hidden), ("k", keys), ("v", keys)):
            shapes[prefix + f"self_attn.{name}_proj.weight"] = (rows, hidden)
            shapes[prefix + f"self_attn.{name}_proj.bias"] = (rows,)
        shapes[prefix + "self_attn.o_proj.weight"] = (hidden, hidden)
        shapes[prefix + "post_attention_layernorm.weight"] = (hidden,)
        shapes[prefix + "mlp.gate_proj.weight"] = (inner, hidden)
        shapes[prefix + "mlp.up_proj.weight"] = (inner, hidden)
        shapes[prefix + "mlp.down_proj.weight"] = (hidden, inner)
    shapes["model.norm.weight"] = (hidden,)
    if not config.tie_word_embeddings:
        shapes["lm_head.weight"] = (config.vocab_size, hidden)
    return shapes
