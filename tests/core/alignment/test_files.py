"""The folder `aligner/` of a checkpoint: what it holds, and the error of each fault."""

import json
import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from core.alignment import load_aligner
from core.alignment.files import read_aligner_config
from core.checkpoint.reading import open_checkpoint
from shared.errors import CheckpointInvalid
from tests.core.alignment.samples import VOICE


@pytest.fixture
def checkpoint(tmp_path):
    shutil.copytree(VOICE / "aligner", tmp_path / "aligner")
    return tmp_path


def change_config(checkpoint, **values) -> None:
    path = checkpoint / "aligner" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), "utf-8")


def change_weights(checkpoint, change) -> None:
    path = checkpoint / "aligner" / "model.safetensors"
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path)


def test_checkpoint_without_the_folder_has_no_aligner(tmp_path) -> None:
    assert load_aligner(tmp_path) is None


def test_config_states_the_memory_that_the_loaded_aligner_takes() -> None:
    aligner, config = load_aligner(VOICE), read_aligner_config(VOICE / "aligner")
    assert aligner is not None and aligner.bytes == config.bytes
    assert open_checkpoint(VOICE).aligner == config


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"format": 1}, "format"),
        ({"codes": 17}, "embedding has shape"),
        ({"letters": ""}, "letters"),
        ({"first_offsets": [-99]}, "first_offsets"),
        ({"extra": 1}, "unknown key extra"),
    ],
)
def test_config_with_a_fault_is_refused_in_one_line(checkpoint, values, fault) -> None:
    change_config(checkpoint, **values)
    with pytest.raises(CheckpointInvalid, match=fault) as refused:
        load_aligner(checkpoint)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda tensors: tensors.pop("output"), "output .* is missing"),
        (lambda tensors: tensors.update(output=tensors["output"][:-1].copy()), "output has shape"),
        (lambda tensors: tensors["output"].fill(np.nan), "not finite"),
    ],
)
def test_weights_with_a_fault_are_refused(checkpoint, change, fault) -> None:
    change_weights(checkpoint, change)
    with pytest.raises(CheckpointInvalid, match=fault):
        load_aligner(checkpoint)


def test_weights_that_are_no_safetensors_are_refused(checkpoint) -> None:
    (checkpoint / "aligner" / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(CheckpointInvalid, match=r"model\.safetensors"):
        load_aligner(checkpoint)


def test_checkpoint_refuses_an_aligner_of_another_vocabulary(tmp_path) -> None:
    shutil.copytree(VOICE, tmp_path / "voice")
    change_config(tmp_path / "voice", codes=17)
    with pytest.raises(CheckpointInvalid, match="17 codes"):
        open_checkpoint(tmp_path / "voice")
