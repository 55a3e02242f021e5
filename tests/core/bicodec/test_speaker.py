import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from audio.reference import reference_clip
from core.bicodec.checkpoint import BiCodecCheckpoint, open_bicodec
from core.bicodec.quantizer import fsq_codes
from core.bicodec.speaker import VoiceTokenizer, fsq_bound, fsq_ids, load_voice_tokenizer
from shared.errors import CheckpointInvalid

GOLDEN = Path(__file__).parents[2] / "data" / "bicodec_a" / "speaker_path.npz"


@pytest.fixture(scope="module")
def arrays() -> dict[str, Tensor]:
    with np.load(GOLDEN) as golden:
        return {name: torch.from_numpy(golden[name]) for name in golden.files}


@pytest.fixture(scope="module")
def tokenizer(golden_directory: Path) -> VoiceTokenizer:
    return load_voice_tokenizer(open_bicodec(golden_directory))


def test_latents_and_bounded_values(tokenizer: VoiceTokenizer, arrays: dict[str, Tensor]) -> None:
    encoder = tokenizer.encoder
    latents = encoder.speaker_encoder(arrays["mel"])
    torch.testing.assert_close(latents.mean(2), arrays["ecapa_latent_mean_over_time"], atol=1e-4, rtol=0)
    torch.testing.assert_close(latents[:, :4], arrays["ecapa_latent_first4ch"], atol=1e-4, rtol=0)
    resampled = encoder.perceiver_sampler(latents.mT)
    torch.testing.assert_close(resampled, arrays["perceiver_out"], atol=1e-4, rtol=0)
    torch.testing.assert_close(encoder.bounded(arrays["mel"]), arrays["fsq_bounded"], atol=1e-4, rtol=0)


def test_tokens_of_both_references(tokenizer: VoiceTokenizer, arrays: dict[str, Tensor]) -> None:
    long = tokenizer.tokens(arrays["ref_wav"][0].numpy())
    assert long.ids == tuple(arrays["global_ids"].flatten().tolist())
    short = reference_clip(arrays["ref2_short_wav"].double().numpy(), rate=16000, seconds=6, hop=320)
    assert tokenizer.tokens(short.astype(np.float32)).ids == tuple(arrays["global_ids_ref2"].flatten().tolist())


@pytest.mark.parametrize("levels", [(4,), (5,), (2, 3), (4, 5, 7, 8), (4,) * 6])
def test_every_grid_point_is_its_own_nearest(levels: tuple[int, ...]) -> None:
    ids = torch.arange(math.prod(levels))
    half = torch.tensor([level // 2 for level in levels])
    assert torch.equal(fsq_ids(fsq_codes(ids, levels) * half, levels), ids)


@pytest.mark.parametrize("levels", [(4, 4), (5, 2, 3), (8, 7)])
def test_bounded_values_reach_every_level_and_no_other(levels: tuple[int, ...]) -> None:
    z = torch.linspace(-20, 20, 4001).unsqueeze(1).expand(-1, len(levels))
    digits = fsq_bound(z, levels).round().long() + torch.tensor([level // 2 for level in levels])
    for dimension, level in enumerate(levels):
        assert digits[:, dimension].unique().tolist() == list(range(level))


def test_thresholds_of_four_levels() -> None:
    z = torch.tensor([-1.14972, -0.34620, 0.45732]).unsqueeze(1)
    assert [fsq_ids(fsq_bound(z + step, [4]), [4]).tolist() for step in (-1e-4, 1e-4)] == [[0, 1, 2], [1, 2, 3]]


def test_a_checkpoint_of_the_decode_side_only(golden_directory: Path) -> None:
    whole = open_bicodec(golden_directory)
    half = BiCodecCheckpoint(whole.config, whole.weights, can_encode=False)
    with pytest.raises(CheckpointInvalid, match=r"model\.safetensors: has no encode side"):
        load_voice_tokenizer(half)
