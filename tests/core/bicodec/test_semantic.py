from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from core.bicodec.checkpoint import BiCodecCheckpoint, open_bicodec
from core.bicodec.config import QuantizerConfig
from core.bicodec.semantic import Downsample, NearestCode, SemanticEncoder, load_semantic_encoder
from shared.errors import CheckpointInvalid

GOLDEN = Path(__file__).parents[2] / "data" / "bicodec_a" / "semantic_path.npz"


@pytest.fixture(scope="module")
def arrays() -> dict[str, Tensor]:
    with np.load(GOLDEN) as golden:
        return {name: torch.from_numpy(golden[name]) for name in golden.files}


@pytest.fixture(scope="module")
def encoder(golden_directory: Path) -> SemanticEncoder:
    return load_semantic_encoder(open_bicodec(golden_directory))


def test_tokens(encoder: SemanticEncoder, arrays: dict[str, Tensor]) -> None:
    encoded = encoder.encoder(arrays["feat"])
    torch.testing.assert_close(encoded, arrays["encoder_out"], atol=1e-4, rtol=0)
    torch.testing.assert_close(encoder.quantizer.in_project(encoded), arrays["latent"], atol=1e-4, rtol=0)
    assert torch.equal(encoder(arrays["feat"]), arrays["semantic_ids"])


def test_nearest_is_by_angle_and_the_first_of_equals() -> None:
    quantizer = NearestCode(QuantizerConfig(input_dim=2, codebook_size=4, codebook_dim=2))
    state = {
        "in_project.weight": torch.eye(2).unsqueeze(2),
        "in_project.bias": torch.zeros(2),
        "codebook.weight": torch.tensor([[9.0, 9.0], [0.1, 0.0], [3.0, 0.0], [0.0, -1.0]]),
    }
    quantizer.load_state_dict(state)
    z = torch.tensor([[[5.0, 1.0, 0.1], [0.1, 1.2, -9.0]]])
    assert quantizer(z).tolist() == [[1, 0, 3]]


def test_sampling_block() -> None:
    x = torch.arange(24.0).view(1, 8, 3)
    assert torch.equal(Downsample(3, 1)(x), 3 * x.mT)
    halved = Downsample(3, 2)
    torch.nn.init.zeros_(halved.conv_downsampler[1].weight)
    torch.nn.init.zeros_(halved.conv_downsampler[1].bias)
    assert torch.equal(halved(x), 2 * x.view(1, 4, 2, 3).mean(2).mT)


def test_a_checkpoint_of_the_decode_side_only(golden_directory: Path) -> None:
    whole = open_bicodec(golden_directory)
    with pytest.raises(CheckpointInvalid, match=r"model\.safetensors: has no encode side"):
        load_semantic_encoder(BiCodecCheckpoint(whole.config, whole.weights, can_encode=False))
