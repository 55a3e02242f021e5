"""The derived keys against those of the published file, and against the modules that load them."""

import json
from pathlib import Path

import pytest
import torch

from core.bicodec.config import parse_config
from core.bicodec.layout import BiCodecLayout, decode_layout, encode_layout, mel_layout
from core.bicodec.model import BiCodec
from tests.core.bicodec.networks import ODD, PUBLISHED, Topology

PUBLISHED_KEYS = Path(__file__).parents[2] / "data" / "bicodec_published" / "keys.json"


def shapes(stored: dict[str, list[int]]) -> BiCodecLayout:
    return {key: tuple(shape) for key, shape in stored.items()}


def test_published_checkpoint() -> None:
    published = json.loads(PUBLISHED_KEYS.read_text())
    config = parse_config(published["config"], source="")
    assert decode_layout(config) == shapes(published["decode"])
    assert encode_layout(config) == shapes(published["encode"])
    assert len(published["decode"]) + len(published["encode"]) == 840
    assert mel_layout(config) == {
        "mel_transformer.spectrogram.window": (640,),
        "mel_transformer.mel_scale.fb": (513, 128),
    }


def folded(layout: BiCodecLayout) -> BiCodecLayout:
    return {key.removesuffix("_v"): shape for key, shape in layout.items() if not key.endswith("_g")}


@pytest.mark.parametrize("topology", [PUBLISHED, *ODD], ids=str)
def test_decode_side_is_what_the_modules_hold(topology: Topology) -> None:
    config = topology.config()
    with torch.device("meta"):
        state = BiCodec(config).state_dict()
    assert {key: tuple(value.shape) for key, value in state.items()} == folded(decode_layout(config))


def test_published_dimensions_on_meta() -> None:
    config = parse_config(json.loads(PUBLISHED_KEYS.read_text())["config"], source="")
    with torch.device("meta"):
        model = BiCodec(config)
        samples = model.detokenize(torch.zeros(2, 50, dtype=torch.int64), torch.zeros(2, 1, 32, dtype=torch.int32))
    assert samples.shape == (2, 1, 16000)
