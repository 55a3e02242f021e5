"""Super-resolve pieces of sound on one worker. Knows nothing of requests, nor of how a piece is super-resolved."""

import asyncio
import time
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from core.superres.config import SuperResConfig
from core.superres.fast_generator import FastGenerator
from core.superres.generator import Generator
from core.superres.model import Network, SuperResolver
from core.superres.pieces import Piece, PieceCutter, PieceJoiner, PiecePlan
from shared.aio import amap, through
from shared.config import CodecMode
from shared.types import Pcm, Samples


class SuperResolution:
    """Sound at `rate_in` to sound at `rate_out`; `docs/decisions/0010-super-resolution.md` has what each mode is worth.

    `fast` is arithmetic for CPUs; on another device, and in every other mode, the plain modules run in float32. With
    two threads or more, each of the network's two streams has half of them.
    """

    def __init__(
        self, config: SuperResConfig, generator: Generator, *, mode: CodecMode, device: torch.device, threads: int
    ) -> None:
        self.rate_in, self.rate_out = config.low_rate, config.high_rate
        self.plan = PiecePlan.of(config)
        self._device = device
        self._beside: ThreadPoolExecutor | None = None
        network: Network = generator.to(device)
        if mode is CodecMode.FAST and device.type == "cpu":
            if threads > 1:
                threads //= 2
                self._beside = _threads("phase", threads)
            network = FastGenerator(generator, beside=self._beside)
        self._resolver = SuperResolver(config, network)
        self._worker = _threads("superres", threads)

    def stream(self, blocks: AsyncGenerator[Pcm, None]) -> AsyncGenerator[Pcm, None]:
        """The same sound at `rate_out`, 0.04 s behind; exactly its length in samples times the ratio of the rates."""
        pieces = through(blocks, PieceCutter(self.plan))
        return through(amap(pieces, self.widen), PieceJoiner(self.plan))

    async def widen(self, piece: Piece) -> Pcm:
        """What counts of a piece. A caller that is cancelled while it waits is skipped."""
        samples = await asyncio.get_running_loop().run_in_executor(self._worker, self._widen, piece)
        return Pcm(samples, self.rate_out)

    def widen_now(self, piece: Piece) -> Samples:
        """`widen` for a caller who has time to wait."""
        return self._worker.submit(self._widen, piece).result()

    def _widen(self, piece: Piece) -> Samples:
        wave = torch.from_numpy(piece.samples).to(self._device).unsqueeze(0)
        samples: Samples = self._resolver(wave)[0, piece.start : piece.stop].cpu().numpy()
        return samples

    def warm_up(self) -> float:
        """Run once, so that no caller pays for what the first time costs. Seconds it took."""
        begun = time.perf_counter()
        self.widen_now(Piece(np.zeros(self.rate_in, np.float32), 0, 1))
        return time.perf_counter() - begun

    def close(self) -> None:
        """Wait for the piece that is being made, and end the threads."""
        self._worker.shutdown(cancel_futures=True)
        if self._beside:
            self._beside.shutdown()


def _threads(name: str, threads: int) -> ThreadPoolExecutor:
    """One Python thread, whose torch operations use `threads`."""
    return ThreadPoolExecutor(1, name, initializer=torch.set_num_threads, initargs=(threads,))
