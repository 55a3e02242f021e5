"""Recordings to tokens: the golden vectors of upstream, through the whole chain."""

import shutil

import numpy as np
import pytest
import torch

from core.bicodec.checkpoint import open_bicodec
from core.bicodec.fingerprint import codec_fingerprint
from core.cloning.encoder import FEATURES, load_recording_encoder
from core.cloning.worker import open_cloning
from shared.config import CloningMode
from shared.errors import CheckpointInvalid, CloningUnsupported
from tests.cloning_checkpoint import TINY_FEATURES, add_encode_side, speech_like
from tests.core.bicodec.conftest import GOLDEN, golden_directory  # noqa: F401
from tools.checkpoints.builder import build_checkpoint


@pytest.fixture(scope="module")
def cloning_root(tmp_path_factory):
    """Build the smallest checkpoint with the encode side and the speech features."""
    return add_encode_side(build_checkpoint(tmp_path_factory.mktemp("cloning") / "one", "tiny"), features=True)


def test_golden_recordings_have_upstreams_global_tokens(golden_directory, tmp_path):  # noqa: F811
    (tmp_path / "config.yaml").write_text("volume_normalize: false\n")  # the golden clips are normalised already
    encoder = load_recording_encoder(tmp_path, open_bicodec(golden_directory), with_speech=False)
    with np.load(GOLDEN / "speaker_path.npz") as golden:
        for wave, ids in (("ref_wav", "global_ids"), ("ref2_short_wav", "global_ids_ref2")):
            encoded = encoder.encode(golden[wave].reshape(-1).astype(np.float64), with_speech=False)
            assert encoded.voice.ids == tuple(golden[ids].flatten().tolist()) and encoded.semantic == ()


def test_golden_features_have_upstreams_semantic_tokens(golden_directory, tmp_path):  # noqa: F811
    (tmp_path / "config.yaml").write_text("volume_normalize: false\n")
    shutil.copytree(TINY_FEATURES, tmp_path / FEATURES)
    encoder = load_recording_encoder(tmp_path, open_bicodec(golden_directory), with_speech=True)
    with np.load(GOLDEN / "semantic_path.npz") as golden:
        encoder._features = lambda wave: torch.from_numpy(golden["feat"])
        encoded = encoder.encode(speech_like(), with_speech=True)
        assert encoded.semantic == tuple(golden["semantic_ids"].flatten().tolist())


async def test_encoding_is_deterministic_and_has_a_token_for_every_20_ms(cloning_root):
    async with open_cloning(
        cloning_root, open_bicodec(cloning_root / "BiCodec"), CloningMode.FULL, threads=1
    ) as cloning:
        first = await cloning.encode(speech_like(seconds=5), with_speech=True)
        assert first == await cloning.encode(speech_like(seconds=5), with_speech=True)
        assert len(first.voice.ids) == 32 and len(first.semantic) == (5 * 16_000 - 400) // 320 + 1
        assert (await cloning.encode(speech_like(240), with_speech=False)).voice != first.voice


async def test_modes_load_what_they_need_and_name_what_is_missing(cloning_root, tiny):
    async with open_cloning(
        cloning_root, open_bicodec(cloning_root / "BiCodec"), CloningMode.SPEAKER, threads=1
    ) as cloning:
        assert cloning.clones and not cloning.reads_speech
        with pytest.raises(CloningUnsupported, match="CLONING is speaker"):
            cloning.check(with_transcript=True)
    async with open_cloning(
        cloning_root, open_bicodec(cloning_root / "BiCodec"), CloningMode.OFF, threads=1
    ) as cloning:
        with pytest.raises(CloningUnsupported, match="CLONING is off"):
            cloning.check()
    async with open_cloning(tiny.root, open_bicodec(tiny.codec_path), CloningMode.SPEAKER, threads=1) as cloning:
        with pytest.raises(CloningUnsupported, match="no speaker encoder"):
            cloning.check()
    with pytest.raises(CheckpointInvalid, match="no encode side, which CLONING=full needs"):
        async with open_cloning(tiny.root, open_bicodec(tiny.codec_path), CloningMode.FULL, threads=1):
            pass


def test_fingerprint_changes_with_the_codec_and_not_with_its_encode_side(cloning_root, tiny, tmp_path):
    with_encode, without = (
        codec_fingerprint(open_bicodec(cloning_root / "BiCodec")),
        codec_fingerprint(open_bicodec(tiny.codec_path)),
    )
    other = build_checkpoint(tmp_path / "other", "tiny", seed=1)
    assert with_encode == without != codec_fingerprint(open_bicodec(other / "BiCodec"))
