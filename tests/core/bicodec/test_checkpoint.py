"""A valid checkpoint is read completely, an invalid one refused in one line."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from core.bicodec.checkpoint import load_bicodec, open_bicodec
from core.bicodec.layout import decode_layout, encode_layout, mel_layout, speaker_layout
from core.bicodec.semantic import load_semantic_encoder
from core.bicodec.speaker import load_voice_tokenizer
from shared.errors import CheckpointInvalid
from tests.core.bicodec.networks import ODD, Topology, random_file_tensors, random_tokens, write_checkpoint

TOPOLOGY = Topology(ratios=(2, 1))
DECODE = decode_layout(TOPOLOGY.config())
ENCODE = encode_layout(TOPOLOGY.config())


SPEAKER = speaker_layout(TOPOLOGY.config())


def test_golden_checkpoint_has_both_sides(golden_directory: Path) -> None:
    checkpoint = open_bicodec(golden_directory)
    assert checkpoint.can_encode
    assert checkpoint.reads_speech


def test_checkpoint_encodes_speakers_alone(tmp_path: Path) -> None:
    checkpoint = open_bicodec(write_checkpoint(tmp_path, TOPOLOGY, random_file_tensors({**DECODE, **SPEAKER})))
    assert checkpoint.can_encode
    assert not checkpoint.reads_speech
    tokens = load_voice_tokenizer(checkpoint).tokens(np.zeros(16_000, np.float32)).ids
    assert len(tokens) == TOPOLOGY.config().speaker_encoder.token_num
    with pytest.raises(CheckpointInvalid, match="no encode side, so speech cannot be tokenized"):
        load_semantic_encoder(checkpoint)


@pytest.mark.parametrize(
    "key", ["speaker_encoder.perceiver_sampler.latents", "speaker_encoder.speaker_encoder.conv.bias"]
)
def test_speaker_side_is_complete(tmp_path: Path, key: str) -> None:
    tensors = random_file_tensors({**DECODE, **SPEAKER})
    del tensors[key]
    with pytest.raises(CheckpointInvalid, match=f"{key} .* is missing"):
        open_bicodec(write_checkpoint(tmp_path, TOPOLOGY, tensors))


@pytest.mark.parametrize("topology", ODD, ids=str)
def test_decode_side_alone(tmp_path: Path, topology: Topology) -> None:
    checkpoint = open_bicodec(write_checkpoint(tmp_path, topology))
    assert not checkpoint.can_encode
    model = load_bicodec(checkpoint)
    assert not model.training
    assert not any(parameter.requires_grad or parameter.is_meta for parameter in model.parameters())
    assert model.detokenize(*random_tokens(model, 3)).isfinite().all()


def test_weight_norm_is_folded_along_the_first_axis(tmp_path: Path) -> None:
    tensors = random_file_tensors(DECODE)
    model = load_bicodec(open_bicodec(write_checkpoint(tmp_path, TOPOLOGY, tensors)))
    for name in ("decoder.model.0", "decoder.model.1.block.1"):  # a convolution and a transposed one
        weight = model.get_parameter(f"{name}.weight")
        gain, direction = tensors[f"{name}.weight_g"], tensors[f"{name}.weight_v"]
        torch.testing.assert_close(weight.flatten(1).norm(dim=1), gain.flatten().abs())
        cosine = torch.cosine_similarity(weight.flatten(1), direction.flatten(1))
        torch.testing.assert_close(cosine, gain.flatten().sign())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_files_are_read_as_float32(tmp_path: Path, dtype: torch.dtype) -> None:
    tensors = {key: value.to(dtype) for key, value in random_file_tensors(DECODE).items()}
    model = load_bicodec(open_bicodec(write_checkpoint(tmp_path, TOPOLOGY, tensors)))
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    torch.testing.assert_close(model.quantizer.codebook.weight, tensors["quantizer.codebook.weight"].float())


def test_mel_buffers_are_optional(tmp_path: Path) -> None:
    layout = {**DECODE, **ENCODE, **mel_layout(TOPOLOGY.config())}
    assert open_bicodec(write_checkpoint(tmp_path, TOPOLOGY, random_file_tensors(layout))).can_encode


Tensors = dict[str, Tensor]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda t: t.pop("decoder.model.0.weight_g"), "decoder.model.0.weight_g [12, 1, 1] is missing"),
        (lambda t: t.pop("encoder.project.bias"), "encoder.project.bias [8] is missing"),
        (lambda t: t.pop("quantizer.cluster_size"), "quantizer.cluster_size [32] is missing"),
        (lambda t: t.update({"decoder.extra": torch.zeros(2)}), "unknown key decoder.extra [2]"),
        (
            lambda t: t.update({"prenet.linear.bias": torch.zeros(9)}),
            "prenet.linear.bias has shape [9], expected [8]",
        ),
        (
            lambda t: t.update({"mel_transformer.mel_scale.fb": torch.zeros(3, 8)}),
            "mel_transformer.mel_scale.fb has shape [3, 8], expected [33, 8]",
        ),
        (
            lambda t: t.update({"prenet.linear.bias": torch.zeros(8, dtype=torch.int8)}),
            "prenet.linear.bias has dtype I8",
        ),
    ],
)
def test_one_line_names_file_and_key(tmp_path: Path, change: Callable[[Tensors], None], complaint: str) -> None:
    tensors = random_file_tensors({**DECODE, **ENCODE})
    change(tensors)
    directory = write_checkpoint(tmp_path, TOPOLOGY, tensors)
    with pytest.raises(CheckpointInvalid) as caught:
        open_bicodec(directory)
    assert str(caught.value) == f"{directory / 'model.safetensors'}: {complaint}"


@pytest.mark.parametrize("keep", [0, 4, 200, -100])
def test_truncated_file(tmp_path: Path, keep: int) -> None:
    path = write_checkpoint(tmp_path, TOPOLOGY) / "model.safetensors"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(CheckpointInvalid) as caught:
        open_bicodec(tmp_path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_absent_file(tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path, TOPOLOGY) / "model.safetensors"
    path.unlink()
    with pytest.raises(CheckpointInvalid, match=r"model\.safetensors"):
        open_bicodec(tmp_path)
