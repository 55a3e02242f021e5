import random

import numpy as np
import pytest
import torch

from services.snapshots import freeze, thaw
from shared.config import Settings
from shared.errors import StartupError
from tests.api.conftest import open_fake_runtime
from tests.fakes import FakeEngine


@pytest.fixture
async def runtime(tiny):
    engine = FakeEngine(tiny.vocabulary)
    async with open_fake_runtime(tiny, engine)(Settings()) as runtime:
        yield runtime


async def test_runtime_sleeps_through_a_snapshot_and_wakes(runtime):
    asleep = await freeze(runtime)
    assert runtime.engine.asleep and len(asleep.samples) > 1000
    assert await thaw(asleep) is runtime and not runtime.engine.asleep


async def test_containers_of_one_snapshot_draw_different_random_numbers(runtime):
    asleep, drawn = await freeze(runtime), []
    for _ in range(2):  # two containers from one snapshot
        random.seed(1)
        np.random.seed(1)
        torch.manual_seed(1)
        runtime.engine.asleep = True
        await thaw(asleep)
        drawn.append((random.random(), np.random.random(), torch.rand(1).item()))
    assert all(one != other for one, other in zip(*drawn, strict=True))


@pytest.mark.parametrize("change", ["other tokens", "fewer tokens", "mute"])
async def test_changed_model_does_not_serve(runtime, change):
    asleep = await freeze(runtime)
    if change == "other tokens":
        asleep.samples[:] = asleep.samples[::-1]
    else:
        runtime.engine.length = 30 if change == "fewer tokens" else 0
    with pytest.raises(StartupError, match="differently after the snapshot" if change != "mute" else "cannot speak"):
        await thaw(asleep)
