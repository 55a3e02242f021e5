"""Decode windows on the worker that owns the device. Knows nothing of requests or of the decoder's arithmetic."""

import time

import torch

from core.bicodec.model import BiCodec
from core.bicodec.window_decoder import WindowDecoder
from core.forms.memory import Choice
from core.scheduling.device_worker import BatchedWork, Worker
from core.scheduling.policy import IMMEDIATE
from core.scheduling.window_size import GENERATOR_CONTEXT_TOKENS
from shared.config import CodecMode
from shared.errors import GpuOutOfMemory, RuntimeDead
from shared.types import GLOBAL_TOKENS, GlobalTokens, Pcm, Samples, Window

WARM_UP_TOKENS = 64
"""Tokens that `warm_up` decodes. Chosen between the smallest and the largest window."""


class Codec:
    """BiCodec's decoder. Windows of one shape share a batch.

    `context_left` and `context_right`: tokens before and after a kept one that its samples depend on. `rate`: Hz.
    `hop`: samples per token. `choice`: the resolved mode, its threads and the reason (core/forms/codec.py). `costs`:
    the size of a window is its kept tokens plus GENERATOR_CONTEXT_TOKENS.
    """

    def __init__(self, model: BiCodec, worker: Worker, *, choice: Choice, device: torch.device) -> None:
        self.choice = choice
        self._decoder = WindowDecoder(model, mode=CodecMode(choice.mode), device=device)
        self.rate, self.hop = model.config.rate, model.config.hop
        self.context_left, self.context_right = self._decoder.field.left, self._decoder.field.right
        self._failed = False
        self._work: BatchedWork[Window, Samples] = BatchedWork(worker, self._decoder.decode_batch)
        self.costs = self._work.costs

    async def decode(self, window: Window, *, deadline: float = IMMEDIATE, patient: bool = False) -> Pcm:
        """Return exactly `window.keep * hop` samples. A call that is cancelled while it waits is skipped.

        A `patient` window, that of a file, lets urgent ones go first.

        Raises GpuOutOfMemory, and RuntimeDead once the device has failed.
        """
        self.check_health()
        try:
            size = window.keep + GENERATOR_CONTEXT_TOKENS
            samples = await self._work(window, shape=window.shape, size=size, deadline=deadline, patient=patient)
        except torch.OutOfMemoryError:
            raise GpuOutOfMemory("the GPU is out of memory; try again later", retry_after_s=1) from None
        except torch.AcceleratorError as error:
            self._failed = True
            raise RuntimeDead("the GPU has failed") from error
        return Pcm(samples, self.rate)

    def check_health(self) -> None:
        """Raise RuntimeDead once the device has failed: after a fault, a CUDA context accepts no more work."""
        if self._failed:
            raise RuntimeDead("the GPU has failed")

    async def warm_up(self) -> float:
        """Decode once, so that no request waits for one-time work. Return the seconds it took."""
        started = time.perf_counter()
        await self.decode(Window((0,) * WARM_UP_TOKENS, 0, WARM_UP_TOKENS, 0, GlobalTokens((0,) * GLOBAL_TOKENS)))
        return time.perf_counter() - started
