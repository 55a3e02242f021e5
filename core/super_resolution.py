"""Super-resolve a stream of sound, piece by piece, on a worker of its own. Knows nothing of requests."""

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from core.scheduling.device_worker import BatchedWork, DeviceWorker
from core.scheduling.policy import IMMEDIATE
from core.superres.config import SuperResConfig
from core.superres.forms import network_in
from core.superres.generator import Generator
from core.superres.model import SuperResolver
from core.superres.pieces import Piece, PieceCutter, PieceJoiner, PiecePlan
from shared.aio import amap, through
from shared.config import SuperResolutionMode
from shared.types import Pcm, Samples


class SuperResolution:
    """Super-resolution from `rate_in` to `rate_out`, in Hz.

    `mode` is the mode in use, resolved by core/forms/super_resolution.py; `reason` says why. In all modes but `eager`,
    two `threads` or more are divided between the network's magnitude and phase streams. `delay_s`: seconds of input
    that are held back. `max_jobs` and `gather_s`: see `DeviceWorker`.
    """

    def __init__(
        self,
        config: SuperResConfig,
        generator: Generator,
        *,
        mode: SuperResolutionMode,
        device: torch.device,
        threads: int,
        reason: str = "",
        max_jobs: int = 1,
        gather_s: float = 0.0,
    ) -> None:
        self.rate_in, self.rate_out = config.low_rate, config.high_rate
        self.plan = PiecePlan.of(config)
        self.delay_s = self.plan.delay / self.rate_in
        self._device = device
        self._phase_executor: ThreadPoolExecutor | None = None
        self.mode, self.reason = mode, reason
        if mode is not SuperResolutionMode.EAGER:
            if threads > 1:
                threads //= 2
                self._phase_executor = ThreadPoolExecutor(1, "phase", torch.set_num_threads, (threads,))
            max_jobs = 1  # the fast generator takes one sequence
        self._resolver = SuperResolver(config, network_in(mode, generator.to(device), self._phase_executor))
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
        """Yield the sound of `blocks` at `rate_out`, delayed by 0.025 s; its length is multiplied by the rates' ratio.

        `deadline()` returns the time by which the next piece must be ready; a later deadline makes larger pieces.
        `more()` reports whether the next block, or the end, is available now.
        """
        cutter = PieceCutter(
            self.plan, lambda: deadline() - time.perf_counter(), more=more, latency_s=self._work.costs.latency_s
        )
        pieces = through(blocks, cutter)
        return through(amap(pieces, lambda piece: self.resolve(piece, deadline=deadline())), PieceJoiner(self.plan))

    async def resolve(self, piece: Piece, *, deadline: float = IMMEDIATE) -> Pcm:
        """Return the kept part of a piece at `rate_out`. A call that is cancelled while it waits is skipped."""
        shape = len(piece.samples), piece.start, piece.stop
        return Pcm(await self._work(piece, shape=shape, size=len(piece.samples), deadline=deadline), self.rate_out)

    def _resolve(self, pieces: Sequence[Piece]) -> list[Samples]:
        waves = torch.from_numpy(np.stack([piece.samples for piece in pieces])).to(self._device)
        samples: Samples = self._resolver(waves, wanted=slice(pieces[0].start, pieces[0].stop)).cpu().numpy()
        return list(samples)

    async def warm_up(self) -> float:
        """Resolve once, so that no request waits for one-time work. Return the seconds it took."""
        started = time.perf_counter()
        await self.resolve(Piece(np.zeros(self.rate_in, np.float32), 0, 1))
        return time.perf_counter() - started

    def close(self) -> None:
        """Wait for the piece in progress, and end the threads."""
        self._worker.close()
        if self._phase_executor:
            self._phase_executor.shutdown()
