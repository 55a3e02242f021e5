"""A loaded model through a memory snapshot: put to sleep, woken elsewhere, and asked whether it still speaks the same.

A snapshot is copied to every container that is restored from it, with all that was random in it. Knows nothing of who
takes it.
"""

import random
import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from services.runtime import Runtime, first_sound
from shared.errors import StartupError
from shared.logging import get_logger

TOLERANCE = 0.02  # of full scale; another token is ten times louder than another order of summation

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asleep:
    """A runtime that holds no device memory it can do without, and what it said, float32, when it was last woken."""

    runtime: Runtime
    said: NDArray[np.float32]


async def freeze(runtime: Runtime) -> Asleep:
    """Nothing may be running. What it will be held to after the snapshot it says after a sleep as well."""
    await runtime.engine.sleep()
    await runtime.engine.wake()
    said = await first_sound(runtime.pipeline, runtime.checkpoint)
    await runtime.engine.sleep()
    return Asleep(runtime, said)


async def thaw(asleep: Asleep) -> Runtime:
    """Raises StartupError where it does not say to the same seed what it said before: such a model must not serve."""
    begun = time.perf_counter()
    reseed()
    await asleep.runtime.engine.wake()
    said = await first_sound(asleep.runtime.pipeline, asleep.runtime.checkpoint)
    if said.shape != asleep.said.shape or np.abs(said - asleep.said).max() > TOLERANCE:
        raise StartupError("the model speaks differently after the snapshot than before it")
    log.info("woken", wake_s=round(time.perf_counter() - begun, 2))
    return asleep.runtime


def reseed() -> None:
    """Give this process randomness of its own again. Seeds of requests come from the operating system in any case."""
    random.seed()
    np.random.seed(None)
    torch.seed()
