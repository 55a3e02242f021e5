import threading

import pytest
import torch
from torch import nn

from core.unfilled import unfilled


def test_modules_have_no_memory_and_no_value_is_drawn(monkeypatch):
    for name in ("_no_grad_normal_", "_no_grad_uniform_"):  # on the meta device these import PyTorch's compiler
        monkeypatch.setattr(nn.init, name, lambda *_given, **_named: pytest.fail("an initial value was drawn"))
    with unfilled():
        modules = nn.Embedding(5, 3), nn.Linear(3, 4), nn.Conv1d(3, 4, 2), nn.LSTM(3, 4), nn.LayerNorm(3)
    assert all(parameter.is_meta for module in modules for parameter in module.parameters())
    assert modules[1].weight.shape == (4, 3)


def test_another_thread_goes_on_creating_whole_modules():
    made = []
    with unfilled():
        thread = threading.Thread(target=lambda: made.append(nn.Linear(3, 4)))
        thread.start()
        thread.join()
    assert not made[0].weight.is_meta and made[0].weight.abs().max() > 0
    assert not nn.Linear(3, 4).weight.is_meta and torch.zeros(1).device.type == "cpu"
