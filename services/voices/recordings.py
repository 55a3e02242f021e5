"""Run the process that reads an uploaded recording, one for each, at most two at once."""

import asyncio
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from audio.reference import Waveform
from audio.uploads.process import HEAD
from shared.config import PROJECT
from shared.errors import Overloaded, RecordingUnusable
from shared.logging import get_logger

MAX_S = 60.0
"""Longest recording in seconds."""
AT_ONCE, MAX_WAITING = 2, 8
"""Processes at once, and recordings that wait for one. Chosen: each takes half a second, and 0.3 GiB at most."""
TIMEOUT_S = 20.0
"""Seconds after which a process is ended. Chosen: above the limit that decoding has itself."""
_ENVIRONMENT = {"PYTHONPATH": str(PROJECT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Recording:
    """A usable recording: samples (N,) without the silence at the ends, and what was heard in it."""

    wave: Waveform
    heard: dict[str, object]


class RecordingReader:
    """Reader of uploads. Neither the event loop nor this process decodes them."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, "recordings")
        self._waiting = 0

    async def read(self, data: bytes, *, rate: int, max_s: float = MAX_S) -> Recording:
        """Return the recording in `data` at `rate` Hz. Raises RecordingUnusable with the reason, Overloaded."""
        fields, samples = await self.ask("audio.uploads.process", HEAD.pack(max_s, rate) + data)
        return Recording(np.frombuffer(samples, "<f8").astype(np.float64), fields)

    async def ask(self, module: str, given: bytes) -> tuple[dict[str, Any], bytes]:
        """Return the answer of a process that runs `module` with `given` as its input: fields, and bytes.

        Raises RecordingUnusable with the reason, Overloaded.
        """
        if self._waiting >= AT_ONCE + MAX_WAITING:
            raise Overloaded("too many recordings are being read; try again later", retry_after_s=5)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, _ask, module, given)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """End the threads, once the processes that they wait for have ended."""
        self._threads.shutdown(cancel_futures=True)


def _ask(module: str, given: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        ended = subprocess.run(
            (sys.executable, "-m", module),
            input=given,
            capture_output=True,
            timeout=TIMEOUT_S,
            cwd=PROJECT,
            env=_ENVIRONMENT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.warning("recording_timeout", bytes=len(given), limit_s=TIMEOUT_S)
        raise RecordingUnusable("audio: decoding takes too long") from None
    line, _, samples = ended.stdout.partition(b"\n")
    if ended.returncode or not line:
        log.warning("recording_process_ended", bytes=len(given), status=ended.returncode)
        raise RecordingUnusable("audio: not a readable sound file (its decoder failed)")
    fields = json.loads(line)
    if "unusable" in fields:
        raise RecordingUnusable(fields["unusable"], details=fields.get("details") or {"field": "audio"})
    return fields, samples
