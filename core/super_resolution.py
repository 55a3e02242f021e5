"""Super-resolve pieces of sound on a worker, those of one shape together. Knows nothing of requests."""

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from core.scheduling.device_worker import BatchedWork, DeviceWorker
from core.scheduling.policy import IMMEDIATE
from core.superres.config import SuperResConfig
from core.superres.fast_generator import FastGenerator
from core.superres.generator import Generator
from core.superres.model import Network, SuperResolver
from core.superres.pieces import Piece, PieceCutter, PieceJoiner, PiecePlan
from core.superres.products import exact, int8, int8_runs_here
from shared.aio import amap, through
from shared.config import SuperResolutionMode
from shared.types import Pcm, Samples


class SuperResolution:
    """Sound at `rate_in` to sound at `rate_out`; `docs/decisions/0021-int8-super-resolution.md` has the modes' worth.

    `mode` is the one in use: on another device than a CPU the plain modules run (`eager`), and on a CPU that has no
    kernels for `int8`, `fast`. In these two, where there are two threads or more, each of the network's two streams has
    half of them. `max_jobs` and `gather_s`: see `DeviceWorker`.
    """

    def __init__(
        self,
        config: SuperResConfig,
        generator: Generator,
        *,
        mode: SuperResolutionMode,
        device: torch.device,
        threads: int,
        max_jobs: int = 1,
        gather_s: float = 0.0,
    ) -> None:
        self.rate_in, self.rate_out = config.low_rate, config.high_rate
        self.plan = PiecePlan.of(config)
        self._device = device
        self._beside: ThreadPoolExecutor | None = None
        self.mode = _mode_in_use(mode, device)
        network: Network = generator.to(device)
        if self.mode is not SuperResolutionMode.EAGER:
            if threads > 1:
                threads //= 2
                self._beside = ThreadPoolExecutor(1, "phase", torch.set_num_threads, (threads,))
            product = int8 if self.mode is SuperResolutionMode.INT8 else exact
            network, max_jobs = (
                FastGenerator(generator, beside=self._beside, product=product),
                1,
            )  # it takes one sequence
        self._resolver = SuperResolver(config, network)
        self._worker = DeviceWorker(
            max_jobs=max_jobs, gather_s=gather_s, prepare=lambda: torch.set_num_threads(threads)
        )
        self._work: BatchedWork[Piece, Samples] = BatchedWork(self._worker, self._resolve)

    def stream(
        self,
        blocks: AsyncGenerator[Pcm, None],
        deadline: Callable[[], float] = lambda: IMMEDIATE,
        more: Callable[[], bool] = lambda: False,
    ) -> AsyncGenerator[Pcm, None]:
        """The same sound at `rate_out`, 0.025 s behind; exactly its length in samples times the ratio of the rates.

        `deadline` says when the next piece must be there; a later deadline makes larger pieces. `more` says whether the
        next block, or the end, can be had at once.
        """
        cutter = PieceCutter(
            self.plan, lambda: deadline() - time.perf_counter(), more=more, latency_s=self._work.costs.latency_s
        )
        pieces = through(blocks, cutter)
        return through(amap(pieces, lambda piece: self.resolve(piece, deadline=deadline())), PieceJoiner(self.plan))

    async def resolve(self, piece: Piece, *, deadline: float = IMMEDIATE) -> Pcm:
        """What counts of a piece. A caller that is cancelled while it waits is skipped."""
        shape = len(piece.samples), piece.start, piece.stop
        return Pcm(await self._work(piece, shape=shape, size=len(piece.samples), deadline=deadline), self.rate_out)

    def _resolve(self, pieces: Sequence[Piece]) -> list[Samples]:
        waves = torch.from_numpy(np.stack([piece.samples for piece in pieces])).to(self._device)
        samples: Samples = self._resolver(waves, wanted=slice(pieces[0].start, pieces[0].stop)).cpu().numpy()
        return list(samples)

    async def warm_up(self) -> float:
        """Run once, so that no caller pays for what the first time costs. Seconds it took."""
        begun = time.perf_counter()
        await self.resolve(Piece(np.zeros(self.rate_in, np.float32), 0, 1))
        return time.perf_counter() - begun

    def close(self) -> None:
        """Wait for the piece that is being made, and end the threads."""
        self._worker.close()
        if self._beside:
            self._beside.shutdown()


def _mode_in_use(wanted: SuperResolutionMode, device: torch.device) -> SuperResolutionMode:
    if device.type != "cpu":
        return SuperResolutionMode.EAGER
    if wanted is SuperResolutionMode.INT8 and not int8_runs_here():
        return SuperResolutionMode.FAST
    return wanted
