"""Memory snapshots of a loaded model: put it to sleep, wake it elsewhere, and check that it gives the same sound.

A snapshot is copied to every container that is restored from it, with the state of its random generators. Leaves
taking the snapshot to the platform.
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

TOLERANCE = 0.02
"""Largest difference, of full scale. Another order of summation makes a tenth of it, another token far more."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asleep:
    """A runtime that has released its device memory, and the samples, float32, that it gave when it was last awake."""

    runtime: Runtime
    samples: NDArray[np.float32]


async def freeze(runtime: Runtime) -> Asleep:
    """Put the runtime to sleep; no request may run. The reference samples are taken after a first sleep."""
    await runtime.engine.sleep()
    await runtime.engine.wake()
    samples = await first_sound(runtime.pipeline, runtime.checkpoint)
    await runtime.engine.sleep()
    return Asleep(runtime, samples)


async def thaw(asleep: Asleep) -> Runtime:
    """Wake the runtime. Raises StartupError where the same seed gives other sound than before the snapshot."""
    begun = time.perf_counter()
    reseed()
    await asleep.runtime.engine.wake()
    samples = await first_sound(asleep.runtime.pipeline, asleep.runtime.checkpoint)
    if samples.shape != asleep.samples.shape or np.abs(samples - asleep.samples).max() > TOLERANCE:
        raise StartupError("the model speaks differently after the snapshot than before it")
    log.info("woken", wake_s=round(time.perf_counter() - begun, 2))
    return asleep.runtime


def reseed() -> None:
    """Seed this process's random generators anew. Seeds of requests come from the operating system in any case."""
    random.seed()
    np.random.seed(None)
    torch.seed()
