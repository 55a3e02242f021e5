import os

import pytest

from shared.config import Settings
from shared.errors import StartupError
from shared.gpus import with_one_gpu


@pytest.mark.parametrize(
    ("visible", "device", "left", "used"),
    [
        (None, "cuda:1", "1", "cuda"),
        ("4,6", "cuda:1", "6", "cuda"),
        ("GPU-5a, GPU-7b", "cuda:0", "GPU-5a", "cuda"),
        (None, "cuda", None, "cuda"),
        ("4,6", "auto", "4,6", "auto"),
        (None, "cpu", None, "cpu"),
    ],
)
def test_only_the_named_gpu_stays_visible(monkeypatch, visible, device, left, used):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible or "")
    if visible is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    assert with_one_gpu(Settings(device=device)).device == used
    assert os.environ.get("CUDA_VISIBLE_DEVICES") == left


def test_gpu_beyond_the_visible_ones_is_refused(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,6")
    with pytest.raises(StartupError, match="DEVICE: cuda:2: CUDA_VISIBLE_DEVICES names 2 GPUs"):
        with_one_gpu(Settings(device="cuda:2"))
