"""Decoder and super-resolution as they are loaded beside an engine."""

from pathlib import Path

import pytest
import torch

from core.bicodec.checkpoint import open_bicodec
from services.sound import check_super_resolution, open_sound
from shared.config import CodecMode, Settings
from shared.errors import CheckpointInvalid
from shared.types import GLOBAL_TOKENS, GlobalTokens, Window

WINDOW = Window(tuple(range(40)), 0, 40, 0, GlobalTokens((1,) * GLOBAL_TOKENS))
GOLDEN = Path(__file__).parents[1] / "data/apbwe_a"


async def decoded(tiny_path: Path, mode: CodecMode):
    settings, device = Settings(codec_mode=mode), torch.device("cpu")
    async with open_sound(settings, open_bicodec(tiny_path / "BiCodec"), device) as sound:
        assert sound.super_resolution is None
        return (await sound.codec.decode(WINDOW)).samples


@pytest.mark.parametrize("mode", [CodecMode.EAGER, CodecMode.FAST])
async def test_decoder_is_the_same_while_an_engine_sets_another_default_type(tiny_path, mode):
    """transformers sets PyTorch's default type for the whole process while it creates its model."""
    expected = await decoded(tiny_path, mode)
    torch.set_default_dtype(torch.bfloat16)
    try:
        samples = await decoded(tiny_path, mode)
    finally:
        torch.set_default_dtype(torch.float32)
    assert samples.dtype == expected.dtype and (samples == expected).all()


def test_super_resolution_of_another_rate_is_refused_before_weights_are_loaded(tmp_path):
    check_super_resolution(Settings(), rate=16_000)
    check_super_resolution(Settings(super_resolution=GOLDEN), rate=16_000)
    with pytest.raises(CheckpointInvalid, match="takes 16000 Hz, and the voice has 24000"):
        check_super_resolution(Settings(super_resolution=GOLDEN), rate=24_000)
    with pytest.raises(CheckpointInvalid, match="nowhere"):
        check_super_resolution(Settings(super_resolution=tmp_path / "nowhere"), rate=16_000)
