import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from core.bicodec.wav2vec2 import MIXED_LAYERS, load_speech_features
from shared.errors import CheckpointInvalid

GOLDEN = Path(__file__).parents[2] / "data" / "frontend" / "wav2vec2_tiny"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    shutil.copytree(GOLDEN, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_features() -> None:
    features = load_speech_features(GOLDEN)
    with np.load(GOLDEN / "io.npz") as golden:
        arrays = {name: torch.from_numpy(golden[name]) for name in golden.files}
    wave = arrays["wav"].unsqueeze(0)
    torch.testing.assert_close(features.normalise(wave), arrays["input_values"], atol=1e-5, rtol=0)
    states = features.hidden_states(arrays["input_values"])
    for layer in MIXED_LAYERS:
        torch.testing.assert_close(states[layer], arrays[f"hs{layer}"], atol=1e-4, rtol=0)
    torch.testing.assert_close(features(wave), arrays["mix"], atol=1e-4, rtol=0)


def test_missing_tensor_is_refused(directory: Path) -> None:
    tensors = load_file(directory / "model.safetensors")
    name = "encoder.layers.3.attention.v_proj.weight"
    del tensors[name]
    save_file(tensors, directory / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(CheckpointInvalid, match=name):
        load_speech_features(directory)


def test_too_few_layers(directory: Path) -> None:
    config = json.loads((directory / "config.json").read_text("utf-8"))
    (directory / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 16}), "utf-8")
    with pytest.raises(CheckpointInvalid, match="16 layers, but at least 17"):
        load_speech_features(directory)


def test_truncated_weights(directory: Path) -> None:
    weights = directory / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(CheckpointInvalid) as caught:
        load_speech_features(directory)
    assert "\n" not in str(caught.value)
