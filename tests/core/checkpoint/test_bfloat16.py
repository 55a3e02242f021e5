"""Weights in bfloat16: half the bytes, and the same answers of an engine that computes in bfloat16."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from core.checkpoint.bfloat16 import store_bfloat16
from core.checkpoint.reading import open_checkpoint
from core.engines.qwen2 import Qwen2Decoder
from shared.errors import CheckpointInvalid

PROMPT = torch.arange(1, 12)


def logits(root: Path, dtype: torch.dtype) -> torch.Tensor:
    """Return the logits of the first tokens of a checkpoint whose engine computes in `dtype`."""
    decoder = Qwen2Decoder(root / "LLM", max_len=64, device=torch.device("cpu"), dtype=dtype)
    cache = decoder.cache()
    first = decoder.start(cache, PROMPT)
    return torch.stack([first, decoder.step([cache], first.argmax()[None])[0]])


def test_weights_are_rounded_as_an_engine_rounds_them(broken: Path):
    path = broken / "LLM/model.safetensors"
    before, size = load_file(path), path.stat().st_size
    assert store_bfloat16(path)
    after = load_file(path)
    assert after.keys() == before.keys() and path.stat().st_size < 0.51 * size
    for name, tensor in before.items():
        assert torch.equal(after[name], tensor.to(torch.bfloat16))
        assert torch.all((after[name].float() - tensor).abs() <= tensor.abs() / 256)
    assert [file.name for file in path.parent.glob("model*")] == [path.name]
    open_checkpoint(broken)


def test_engine_in_bfloat16_answers_the_same_bit_for_bit(broken: Path):
    """Both engines compute in bfloat16 on a GPU; in float32, on a CPU, the logits move."""
    exact, whole = logits(broken, torch.bfloat16), logits(broken, torch.float32)
    store_bfloat16(broken / "LLM/model.safetensors")
    assert torch.equal(logits(broken, torch.bfloat16), exact)
    assert not torch.equal(logits(broken, torch.float32), whole)


def test_file_in_bfloat16_is_left_as_it_is(broken: Path):
    path = broken / "LLM/model.safetensors"
    store_bfloat16(path)
    content = path.read_bytes()
    assert not store_bfloat16(path) and path.read_bytes() == content


def test_file_that_cannot_be_rounded_is_refused_and_kept(tmp_path: Path):
    path = tmp_path / "model.safetensors"
    save_file({"good": torch.ones(2), "bad": torch.tensor([1.0, float("nan")])}, path)
    content = path.read_bytes()
    with pytest.raises(CheckpointInvalid, match="bad has a value that is not finite"):
        store_bfloat16(path)
    assert path.read_bytes() == content and list(tmp_path.iterdir()) == [path]
