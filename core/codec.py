"""Decode windows on the worker that owns the device. Knows nothing of requests, nor of how a window is decoded."""

import time

import torch

from core.batching import Work, Worker
from core.bicodec.model import BiCodec
from core.bicodec.window_decoder import WindowDecoder
from core.headroom import CONTEXT, NOW
from shared.config import CodecMode
from shared.errors import GpuOutOfMemory, RuntimeDead
from shared.types import GLOBAL_TOKENS, GlobalTokens, Pcm, Samples, Window

WARM_UP_TOKENS = 64


class Codec:
    """Decodes windows of one shape together; `docs/decisions/0004-codec-modes.md` has what each mode is worth.

    `context_left` are the tokens before a kept one that its samples depend on.
    `mode` is the one in use: `fast` is arithmetic for CPUs, so that on another device the plain modules (`eager`) run.
    """

    def __init__(self, model: BiCodec, worker: Worker, *, mode: CodecMode, device: torch.device) -> None:
        self.mode = CodecMode.EAGER if mode is CodecMode.FAST and device.type != "cpu" else mode
        self._decoder = WindowDecoder(model, mode=self.mode, device=device)
        self.rate, self.hop = model.config.rate, model.config.hop
        self.context_left = self._decoder.field.left
        self._failed = False
        self._work: Work[Window, Samples] = Work(worker, self._decoder.decode_batch)
        self.times = self._work.times  # of a window whose size is its kept tokens and CONTEXT more

    async def decode(self, window: Window, *, due: float = NOW) -> Pcm:
        """Exactly `window.keep * hop` samples. A caller that is cancelled while it waits is skipped.

        Raises GpuOutOfMemory, and RuntimeDead once the device has failed.
        """
        self.check_health()
        try:
            samples = await self._work(window, shape=window.shape, size=window.keep + CONTEXT, due=due)
        except torch.OutOfMemoryError:
            raise GpuOutOfMemory("the GPU's memory is full; try again later", retry_after_s=1) from None
        except torch.AcceleratorError as error:
            self._failed = True
            raise RuntimeDead("the GPU has failed") from error
        return Pcm(samples, self.rate)

    def check_health(self) -> None:
        """Raise RuntimeDead once the device has failed: CUDA serves a process no more after its first fault."""
        if self._failed:
            raise RuntimeDead("the GPU has failed")

    async def warm_up(self) -> float:
        """Decode once, so that no caller pays for what the first time costs. Seconds it took."""
        begun = time.perf_counter()
        await self.decode(Window((0,) * WARM_UP_TOKENS, 0, WARM_UP_TOKENS, 0, GlobalTokens((0,) * GLOBAL_TOKENS)))
        return time.perf_counter() - begun
