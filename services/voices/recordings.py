"""Reading of uploaded recordings, each by a process of its own, at most two at once."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import numpy as np

from audio.reference import Waveform
from audio.uploads.launcher import TIMED_OUT
from audio.uploads.process import HEAD
from services.voices.launching import TIMEOUT_S, Launcher
from shared.errors import Overloaded, RecordingUnusable
from shared.logging import get_logger

MAX_S = 60.0
"""Longest recording in seconds."""
AT_ONCE, MAX_WAITING = 2, 8
"""Processes at once, and recordings that wait for one. Chosen: each takes half a second, and 0.3 GiB at most."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Recording:
    """A usable recording: samples (N,) without the silence at the ends, and what was heard in it."""

    wave: Waveform
    heard: dict[str, object]


class RecordingReader:
    """Reader of uploads. Neither the event loop nor this process decodes them, nor starts the processes that do."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, "recordings")
        self._launchers: SimpleQueue[Launcher] = SimpleQueue()
        for _ in range(AT_ONCE):
            self._launchers.put(Launcher())
        self._waiting = 0

    def start(self) -> None:
        """Start what reads recordings, before the first one: then no start disturbs a stream."""
        for _ in range(AT_ONCE):
            launcher = self._launchers.get()
            launcher.start()
            self._launchers.put(launcher)

    async def read(self, data: bytes, *, rate: int, max_s: float = MAX_S) -> Recording:
        """Return the recording in `data` at `rate` Hz. Raises RecordingUnusable with the reason, Overloaded."""
        fields, samples = await self.ask("audio.uploads.process", HEAD.pack(max_s, rate), data)
        return Recording(np.frombuffer(samples, "<f8"), fields)

    async def ask(self, module: str, *given: bytes) -> tuple[dict[str, Any], memoryview]:
        """Return the answer of a process that runs `module`: fields, and bytes. Its input is `given`, joined.

        Raises RecordingUnusable with the reason, Overloaded.
        """
        if self._waiting >= AT_ONCE + MAX_WAITING:
            raise Overloaded("too many recordings are being read; try again later", retry_after_s=5)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._ask, module, *given)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """End threads and launchers, once the processes that they wait for have ended."""
        self._threads.shutdown(cancel_futures=True)
        for _ in range(AT_ONCE):
            self._launchers.get().close()

    def _ask(self, module: str, *given: bytes) -> tuple[dict[str, Any], memoryview]:
        launcher = self._launchers.get()
        try:
            status, output = launcher.ask(module, *given)
        finally:
            self._launchers.put(launcher)
        return _answered(status, output, sum(map(len, given)))


def _answered(status: int, output: bytes, size: int) -> tuple[dict[str, Any], memoryview]:
    """Return fields and bytes of an output. Raises RecordingUnusable."""
    if status == TIMED_OUT:
        log.warning("recording_timeout", bytes=size, limit_s=TIMEOUT_S)
        raise RecordingUnusable("audio: decoding takes too long")
    end = output.find(b"\n")
    if status or end <= 0:
        log.warning("recording_process_ended", bytes=size, status=status)
        raise RecordingUnusable("audio: not a readable sound file (its decoder failed)")
    fields = json.loads(output[:end])
    if "unusable" in fields:
        raise RecordingUnusable(fields["unusable"], details=fields.get("details") or {"field": "audio"})
    return fields, memoryview(output)[end + 1 :]
