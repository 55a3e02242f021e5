"""Estimate of GPU memory, and `veena3 memory`."""

import pytest
import torch
from transformers import Wav2Vec2Config, Wav2Vec2Model
from typer.testing import CliRunner

from api.cli.main import app
from core.bicodec.wav2vec2 import MIXED_LAYERS
from shared.config import Settings, VramProfile
from tools.memory import GIB, cached_tokens, cloning_memory, gpu_memory, published_dimensions


def parts_of(settings):
    return {part.name: part.bytes for part in gpu_memory(settings, *published_dimensions())}


def test_model_sizes_are_those_of_the_published_checkpoint():
    """Published sizes: 506,634,112 parameters of the language model, about 385 MB of the codec's decode side."""
    parts = parts_of(Settings())
    assert parts["language model"] == 2 * 506_634_112
    assert parts["codec"] == pytest.approx(385e6, rel=0.01)
    assert cached_tokens(Settings(), published_dimensions()[0]) == 512 * 1024 // 12


def test_cloning_counts_what_each_mode_loads():
    """Published sizes: 39.5 MB of the speaker encoder with its part for training, 122.0 of the semantic encoder."""
    _, codec = published_dimensions()

    def sizes(mode):
        return {part.name: part.bytes for part in cloning_memory(Settings(cloning=mode), codec)}

    assert sizes("off") == {} and sizes("speaker").keys() == {"speaker encoder"}
    full = sizes("full")
    assert full["speaker encoder"] == pytest.approx(39.5e6, rel=0.01)
    assert full["semantic encoder"] == pytest.approx(122.0e6, rel=0.01)
    large = Wav2Vec2Config(
        hidden_size=1024,
        num_hidden_layers=max(MIXED_LAYERS) + 1,
        num_attention_heads=16,
        intermediate_size=4096,
        conv_bias=True,
        feat_extract_norm="layer",
        do_stable_layer_norm=True,
    )
    with torch.device("meta"):
        assert full["speech features"] == 4 * sum(value.numel() for value in Wav2Vec2Model(large).parameters())


@pytest.mark.parametrize(("profile", "gpu_gib"), [("small", 6), ("default", 12), ("throughput", 16)])
def test_profile_fits_its_gpu_with_room_for_super_resolution(profile, gpu_gib):
    assert sum(parts_of(Settings(vram_profile=profile)).values()) < (gpu_gib - 0.5) * GIB


def test_profile_fills_in_settings_that_are_not_set(monkeypatch):
    monkeypatch.setenv("VRAM_PROFILE", "small")
    monkeypatch.setenv("MAX_RUNNING", "12")
    settings = Settings()
    assert (settings.vram_profile, settings.max_running) == (VramProfile.SMALL, 12)
    assert (settings.vllm_kv_cache_mib, settings.decode_batch) == (192, 4)
    assert Settings(vram_profile="throughput", max_running=1).max_running == 1


def test_memory_command_compares_with_a_gpu():
    ran = CliRunner().invoke(app, ["memory", "--published", "--profile", "small", "--gpu-gib", "6"])
    assert ran.exit_code == 0 and "key-value cache" in ran.output and "fits" in ran.output
    ran = CliRunner().invoke(app, ["memory", "--published", "--profile", "throughput", "--gpu-gib", "6"])
    assert ran.exit_code == 1 and "does not fit" in ran.output
    assert CliRunner().invoke(app, ["memory"]).exit_code == 0
