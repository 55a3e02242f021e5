"""Choose the mode of super-resolution."""

import time

import numpy as np
import torch

from core.forms import memory
from core.forms.bfloat16 import bfloat16_pays
from core.forms.memory import Choice
from core.forms.threads import on_threads
from core.forms.trial import Run, Verdict, choose
from core.superres.config import SuperResConfig
from core.superres.forms import network_in
from core.superres.generator import Generator
from core.superres.model import SuperResolver
from core.superres.products import supports_int8
from shared.config import SuperResolutionMode
from shared.types import Samples

SIZES_S = (0.1, 0.5)
"""Seconds of sound of a trial's pieces. Chosen: near a stream's first piece, and a later one."""


def choose_super_resolution(
    config: SuperResConfig, generator: Generator, *, mode: SuperResolutionMode, threads: int, device: torch.device
) -> Choice:
    """Return the mode to super-resolve in.

    `auto` takes the fastest mode on this machine whose sound is near the plain modules' (core/forms/trial.py). On a GPU
    the plain modules run; without int8 kernels, `fast` runs in place of `int8`.
    """
    if device.type != "cpu":
        return Choice(SuperResolutionMode.EAGER, threads, "a GPU runs the plain modules")
    if mode is SuperResolutionMode.INT8 and not supports_int8():
        return Choice(SuperResolutionMode.FAST, threads, "torch has no int8 kernels for this processor")
    if mode is not SuperResolutionMode.AUTO:
        return Choice(mode, threads, "set by SUPER_RESOLUTION_MODE")
    key = memory.key_of(generator, device, mode, threads)
    if (earlier := memory.recall(key)) is not None:
        return earlier
    verdict = on_threads(1, lambda: _tried(config, generator, device))
    choice = Choice(verdict.name, threads, verdict.reason)
    memory.remember(key, choice)
    return choice


def _tried(config: SuperResConfig, generator: Generator, device: torch.device) -> Verdict:
    modes = [SuperResolutionMode.EAGER, SuperResolutionMode.FAST]
    if bfloat16_pays(device):
        modes.append(SuperResolutionMode.BF16)
    if supports_int8():
        modes.append(SuperResolutionMode.INT8)
    with torch.inference_mode():
        resolvers = {mode: SuperResolver(config, network_in(mode, generator, None)) for mode in modes}
    noise = np.random.default_rng(0).normal(0, 0.1, int(max(SIZES_S) * config.low_rate)).astype(np.float32)

    def run(mode: SuperResolutionMode, size: int) -> Samples:
        wave = torch.from_numpy(noise[: int(SIZES_S[size] * config.low_rate)])
        samples: Samples = resolvers[mode](wave.unsqueeze(0))[0].numpy()
        return samples

    runs: dict[str, Run] = {mode.value: lambda size, mode=mode: run(mode, size) for mode in modes}  # type: ignore[misc]
    sizes = [f"{seconds:g} s" for seconds in SIZES_S]
    return choose(runs, reference=SuperResolutionMode.EAGER, sizes=sizes, clock=time.thread_time)
