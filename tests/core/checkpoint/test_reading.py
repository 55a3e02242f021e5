"""A valid checkpoint is opened, an invalid one refused in one line before any weights are loaded."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from safetensors.numpy import load_file, save_file

from core.checkpoint.reading import open_checkpoint
from shared.errors import CheckpointInvalid
from shared.types import Sampling
from tools.checkpoints.builder import VOICES

Tensors = dict[str, np.ndarray]


def refuse(root: Path, reason: str) -> None:
    with pytest.raises(CheckpointInvalid, match=reason) as caught:
        open_checkpoint(root)
    assert "\n" not in str(caught.value)


def edit_json(path: Path, **changes: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")


def test_a_built_checkpoint_opens(tiny_path: Path) -> None:
    checkpoint = open_checkpoint(tiny_path)
    assert checkpoint.model_version == "veena3-built-1"
    assert [voice.id for voice in checkpoint.voices] == list(VOICES)
    assert checkpoint.sampling == Sampling()
    assert checkpoint.max_positions == 2048
    assert (checkpoint.vocabulary.globals.count, checkpoint.vocabulary.semantics.count) == (64, 64)
    assert checkpoint.codec.hop == 320


@pytest.mark.parametrize(
    "name",
    [
        *("config.yaml", "voices.yaml", "BiCodec/config.yaml"),
        *("LLM/config.json", "LLM/tokenizer.json", "LLM/model.safetensors"),
    ],
)
def test_a_missing_file_is_named(broken: Path, name: str) -> None:
    (broken / name).unlink()
    refuse(broken, name)


def test_no_directory(tmp_path: Path) -> None:
    refuse(tmp_path / "nowhere", "nowhere: no such directory")


def drop(tensors: Tensors) -> None:
    del tensors["model.layers.1.mlp.up_proj.weight"]


def add(tensors: Tensors) -> None:
    tensors["model.layers.2.mlp.up_proj.weight"] = np.zeros((128, 64), np.float32)


def turn(tensors: Tensors) -> None:
    tensors["model.layers.0.mlp.up_proj.weight"] = tensors["model.layers.0.mlp.up_proj.weight"].T.copy()


def quantise(tensors: Tensors) -> None:
    tensors["model.norm.weight"] = tensors["model.norm.weight"].astype(np.int8)


def unshare(tensors: Tensors) -> None:
    tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"][:-1]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (drop, r"model.layers.1.mlp.up_proj.weight is missing"),
        (add, r"model.layers.2.mlp.up_proj.weight is not a tensor of this model"),
        (turn, r"model.layers.0.mlp.up_proj.weight is \[64, 128\], the config says \[128, 64\]"),
        (quantise, r"model.norm.weight is of type I8"),
        (unshare, r"lm_head.weight is \[447, 64\], the config says \[448, 64\]"),
    ],
)
def test_tensor_of_the_wrong_shape_is_named(broken: Path, change: Callable[[Tensors], None], reason: str) -> None:
    path = broken / "LLM" / "model.safetensors"
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path)
    refuse(broken, reason)


def test_a_tied_matrix_may_be_stored_twice(broken: Path) -> None:
    path = broken / "LLM" / "model.safetensors"
    tensors = load_file(path)
    save_file({**tensors, "lm_head.weight": tensors["model.embed_tokens.weight"].copy()}, path)
    assert open_checkpoint(broken).language_model.tie_word_embeddings


@pytest.mark.parametrize("keep", [0, 4, 100, -1])
def test_truncated_weights_are_refused(broken: Path, keep: int) -> None:
    path = broken / "LLM" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:keep])
    refuse(broken, r"model\.safetensors: .*truncated")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"model_type": "llama"}, "model_type"),
        ({"num_hidden_layers": 0}, "num_hidden_layers"),
        ({"num_attention_heads": 3}, "multiple of num_attention_heads"),
        ({"vocab_size": 200}, r"model.embed_tokens.weight is \[448, 64\]"),
        ({"use_sliding_window": True}, "use_sliding_window"),
    ],
)
def test_a_wrong_model_config_is_refused(broken: Path, changes: dict[str, Any], reason: str) -> None:
    edit_json(broken / "LLM" / "config.json", **changes)
    refuse(broken, reason)


@pytest.mark.parametrize(
    ("section", "key", "value", "reason"),
    [
        ("quantizer", "codebook_size", 63, "64 semantic tokens, but BiCodec/config.yaml has 63 codes"),
        ("speaker_encoder", "fsq_levels", [4, 4], "64 global tokens, but BiCodec/config.yaml has 16 codes"),
        ("speaker_encoder", "token_num", 16, "token_num must be 32"),
        ("mel_params", "sample_rate", 24000, "config.yaml: sample_rate is 16000, but BiCodec/config.yaml says 24000"),
    ],
)
def test_parts_of_different_checkpoints_are_refused(
    broken: Path, section: str, key: str, value: object, reason: str
) -> None:
    path = broken / "BiCodec" / "config.yaml"
    document = yaml.safe_load(path.read_text("utf-8"))
    document["audio_tokenizer"][section][key] = value
    path.write_text(yaml.safe_dump(document), "utf-8")
    refuse(broken, reason)


def test_sampling_defaults_come_from_the_checkpoint(broken: Path) -> None:
    path = broken / "LLM" / "generation_config.json"
    path.write_text(json.dumps({"temperature": 0.6, "top_k": 0, "do_sample": True}), "utf-8")
    assert open_checkpoint(broken).sampling == Sampling(temperature=0.6, top_k=-1)
    path.unlink()
    assert open_checkpoint(broken).sampling == Sampling()


@pytest.mark.parametrize("changes", [{"temperature": 2.5}, {"top_p": 0}, {"top_k": -2}, {"repetition_penalty": 0.5}])
def test_sampling_out_of_bounds_is_refused(broken: Path, changes: dict[str, float]) -> None:
    edit_json(broken / "LLM" / "generation_config.json", **changes)
    refuse(broken, rf"generation_config.json: {next(iter(changes))}")
