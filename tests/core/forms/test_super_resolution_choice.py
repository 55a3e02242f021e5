"""Choice of super-resolution's mode: kept where it is set, tried where it is open."""

from pathlib import Path

import pytest
import torch

from core.forms.super_resolution import choose_super_resolution
from core.superres import products
from core.superres.checkpoint import load_super_resolver
from shared.config import SuperResolutionMode as Mode

GOLDEN = Path(__file__).parents[2] / "data" / "apbwe_a"


def chosen(mode, device="cpu"):
    loaded = load_super_resolver(GOLDEN)
    return choose_super_resolution(loaded.config, loaded.generator, mode=mode, threads=1, device=torch.device(device))


@pytest.mark.parametrize(
    ("wanted", "device", "kernels", "used"),
    [
        (Mode.INT8, "cpu", ["fbgemm"], Mode.INT8),
        (Mode.INT8, "cpu", ["qnnpack"], Mode.FAST),  # an ARM processor
        (Mode.INT8, "meta", ["fbgemm"], Mode.EAGER),  # stands for a GPU, which this machine may lack
        (Mode.AUTO, "meta", ["fbgemm"], Mode.EAGER),
        (Mode.EAGER, "cpu", ["fbgemm"], Mode.EAGER),
    ],
)
def test_mode_that_is_set_stays_where_the_processor_supports_it(wanted, device, kernels, used, monkeypatch):
    monkeypatch.setattr(products, "KERNELS", kernels)
    assert chosen(wanted, device).mode == used


@pytest.mark.parametrize("kernels", [["fbgemm"], []])
def test_auto_tries_the_modes_of_this_processor(kernels, tmp_path, monkeypatch):
    monkeypatch.setenv("VEENA3_HOME", str(tmp_path))
    monkeypatch.setattr(products, "KERNELS", kernels)
    choice = chosen(Mode.AUTO)
    assert "30 dB or more to eager" in choice.reason and "fast" in choice.reason
    assert ("int8" in choice.reason) == bool(kernels)
    assert chosen(Mode.AUTO) == choice, "remembered"
