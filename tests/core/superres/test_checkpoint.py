import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from core.superres.checkpoint import load_super_resolver
from shared.errors import CheckpointInvalid

GOLDEN = Path(__file__).parents[2] / "data" / "apbwe_a"
WEIGHTS = "g_16kto48k"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    shutil.copytree(GOLDEN, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.npz"))
    return tmp_path


def refusal(directory: Path) -> str:
    with pytest.raises(CheckpointInvalid) as caught:
        load_super_resolver(directory)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def rewrite(directory: Path, change: Callable[[dict[str, Tensor]], object]) -> None:
    tensors = torch.load(directory / WEIGHTS, weights_only=True)["generator"]
    change(tensors)
    torch.save({"generator": tensors}, directory / WEIGHTS)


def test_missing_tensor(directory: Path) -> None:
    rewrite(directory, lambda tensors: tensors.pop("convnext_pha.2.gamma"))
    message = refusal(directory)
    assert WEIGHTS in message
    assert "convnext_pha.2.gamma is missing" in message


def test_unknown_tensor(directory: Path) -> None:
    rewrite(directory, lambda tensors: tensors.update(extra=torch.zeros(1)))
    assert "extra is unknown" in refusal(directory)


def test_misshapen_tensor(directory: Path) -> None:
    rewrite(directory, lambda tensors: tensors.update({"convnext_mag.0.gamma": torch.zeros(31)}))
    assert "convnext_mag.0.gamma has shape [31], not [32]" in refusal(directory)


def test_tensor_of_integers(directory: Path) -> None:
    rewrite(directory, lambda tensors: tensors.update({"convnext_mag.0.gamma": torch.zeros(32, dtype=torch.int64)}))
    assert "convnext_mag.0.gamma is not a tensor of floats" in refusal(directory)


def test_wrong_number_of_layers_is_refused(directory: Path) -> None:
    config = directory / "config.json"
    config.write_text(config.read_text("utf-8").replace('"ConvNeXt_layers": 3', '"ConvNeXt_layers": 2'), "utf-8")
    assert "convnext_mag.2" in refusal(directory)


@pytest.mark.parametrize("kept", [0, 1, 100, 70_000, 1_304_000])
def test_truncated_file(directory: Path, kept: int) -> None:
    weights = directory / WEIGHTS
    weights.write_bytes(weights.read_bytes()[:kept])
    assert WEIGHTS in refusal(directory)


@pytest.mark.parametrize("content", [b"hello, world" * 9, b"\x80\x02}q\x00.", bytes(5000)])
def test_not_a_torch_file(directory: Path, content: bytes) -> None:
    (directory / WEIGHTS).write_bytes(content)
    assert WEIGHTS in refusal(directory)


@pytest.mark.parametrize("content", [{"state": {}}, [1, 2], {"generator": 3}])
def test_no_generator_inside(directory: Path, content: object) -> None:
    torch.save(content, directory / WEIGHTS)
    assert "generator" in refusal(directory)


def test_code_in_a_pickle_is_not_executed(directory: Path) -> None:
    torch.save({"generator": Path}, directory / WEIGHTS)
    assert WEIGHTS in refusal(directory)


def test_no_weights_and_two_of_them(directory: Path) -> None:
    shutil.copy(directory / WEIGHTS, directory / "g_second")
    assert "exactly one g_* file" in refusal(directory)
    for file in directory.glob("g_*"):
        file.unlink()
    assert "found none" in refusal(directory)


def test_no_config(directory: Path) -> None:
    (directory / "config.json").unlink()
    assert "config.json" in refusal(directory)
