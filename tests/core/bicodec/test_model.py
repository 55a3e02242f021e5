"""Decoded sound against upstream's with the same weights, and against the formulas on other topologies."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import Tensor

from core.bicodec.model import BiCodec
from core.bicodec.quantizer import fsq_codes
from tests.core.bicodec.networks import ODD, PUBLISHED, Topology, random_bicodec, random_tokens
from tests.core.bicodec.plain import PlainBiCodec

TOLERANCE = 1e-4
GOLDEN = Path(__file__).parents[2] / "data" / "bicodec_a"


def read(name: str) -> Mapping[str, Tensor]:
    with np.load(GOLDEN / f"{name}.npz") as arrays:
        return {key: torch.from_numpy(arrays[key]) for key in arrays.files}


def near(actual: Tensor, expected: Tensor, tolerance: float = TOLERANCE) -> None:
    assert actual.shape == expected.shape
    assert_allclose(actual.numpy(), expected.numpy(), rtol=0, atol=tolerance)


@pytest.mark.parametrize("length", [1, 7, 50, 173])
def test_golden_sound(golden: BiCodec, length: int) -> None:
    inputs = read("detok_inputs")
    samples = golden.detokenize(inputs[f"semantic_ids_T{length}"], inputs["global_ids"])
    near(samples, read("detok_outputs")[f"wav_T{length}"])


def test_golden_batch(golden: BiCodec) -> None:
    inputs = read("detok_inputs")
    near(
        golden.detokenize(inputs["batch_semantic_ids"], inputs["batch_global_ids"]),
        read("detok_outputs")["batch_wav"],
    )


def test_golden_sound_of_encoded_tokens(golden: BiCodec) -> None:
    tokens = read("semantic_path")["semantic_ids"], read("speaker_path")["global_ids"]
    near(golden.detokenize(*tokens), read("detok_outputs")["resynth_wav"])


@pytest.mark.parametrize("length", [7, 50])
def test_golden_prenet_piece_by_piece(golden: BiCodec, length: int) -> None:
    inputs, expected = read("detok_inputs"), read("detok_intermediates")
    d = golden.speaker_encoder(inputs["global_ids"])
    near(d, expected["d_vector"])
    ids = inputs[f"semantic_ids_T{length}"]
    near(golden.quantizer.codebook(ids).mT, expected[f"code_T{length}"])
    z = golden.quantizer(ids)
    near(z, expected[f"z_q_T{length}"])
    x = golden.prenet.linear_pre(z.mT)
    near(x, expected[f"prenet_linear_pre_T{length}"])
    for i, (sampling, backbone) in enumerate(golden.prenet.downsample):
        x = sampling(x)
        near(x, expected[f"prenet_ds{i}_sampling_T{length}"])
        x = backbone(x)
        near(x, expected[f"prenet_ds{i}_vocos_T{length}"])
    modulation = golden.prenet.vocos_backbone.modulation(d)
    near(golden.prenet.vocos_backbone(x.mT, modulation), expected[f"prenet_backbone_T{length}"])
    near(golden.prenet(z, modulation), expected[f"prenet_out_T{length}"])
    near(golden.features(ids, d, modulation), expected[f"decoder_in_T{length}"])


def test_golden_wave_generator_layer_by_layer(golden: BiCodec) -> None:
    expected = read("detok_intermediates")
    x = expected["decoder_in_T7"]
    for i, layer in enumerate(golden.decoder.model):
        x = layer(x)
        near(x, expected[f"decoder_model{i}_T7"])


def test_golden_fsq(golden: BiCodec) -> None:
    expected = read("detok_intermediates")
    codes = fsq_codes(read("detok_inputs")["global_ids"], golden.speaker_encoder.levels)
    near(codes, expected["fsq_codes"], 0)
    near(golden.speaker_encoder.quantizer.project_out(codes.squeeze(1)), expected["fsq_projected"])
    near(fsq_codes(torch.arange(64), golden.speaker_encoder.levels), expected["fsq_codebook_first64"], 0)


def test_fsq_grid_of_odd_levels() -> None:
    codes = fsq_codes(torch.arange(5 * 3 * 7), [5, 3, 7])
    assert codes.unique(dim=0).shape == (5 * 3 * 7, 3)
    assert codes[0].tolist() == [-1, -1, -1]
    assert codes[-1].tolist() == [1, 1, 1]
    assert codes[1].tolist() == [-0.5, -1, -1], "the first dimension is the least significant"


@pytest.mark.parametrize("topology", [*ODD, PUBLISHED], ids=str)
def test_follows_the_formulas_on_any_topology(topology: Topology) -> None:
    model = random_bicodec(topology, seed=3).double()
    plain = PlainBiCodec(model.config, {key: value.numpy() for key, value in model.state_dict().items()})
    for length in (1, 2, 9):
        semantic, speaker = random_tokens(model, length, seed=length)
        samples = model.detokenize(semantic, speaker)
        assert 0.01 < samples.std() < 0.9, "a silent or saturated model shows nothing"
        expected = plain.detokenize(semantic[0].tolist(), speaker[0, 0].tolist())
        near(samples[0], torch.from_numpy(expected), 1e-9)


@pytest.mark.parametrize("topology", [PUBLISHED, *ODD], ids=str)
def test_length_is_a_hop_a_token_where_kernel_minus_rate_is_even(topology: Topology) -> None:
    model = random_bicodec(topology)
    lengths = [model.detokenize(*random_tokens(model, length)).shape[-1] for length in (1, 5)]
    if all((kernel - rate) % 2 == 0 for kernel, rate in zip(topology.kernels, topology.rates, strict=True)):
        assert lengths == [model.config.hop, 5 * model.config.hop]
    else:
        assert lengths[1] - lengths[0] == 4 * model.config.hop
        assert lengths[0] > model.config.hop


def test_a_fresh_model_can_be_trained() -> None:
    torch.manual_seed(0)
    model = BiCodec(Topology().config())
    semantic, speaker = random_tokens(model, 12, batch=2)
    target = 0.3 * torch.randn(2, 1, 12 * model.config.hop)
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(30):
        loss = (model.detokenize(semantic, speaker) - target).square().mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.9 * losses[0]
    assert all(parameter.grad is not None for parameter in model.parameters())
