"""Start-up code of every container in these tests: SIGINT interrupts the container, and SIGUSR2 breaks its engine.

A background job of a shell ignores SIGINT, and its child processes inherit that.
"""

import multiprocessing
import signal
from typing import Any


def _fail(*_signal: object) -> None:
    """Kill vLLM's process; make a model in this process fail at its next step."""
    for engine in multiprocessing.active_children():
        engine.kill()

    from core.engines.qwen2 import Qwen2Decoder

    def fail(*_arguments: object) -> Any:
        raise RuntimeError("fault requested by a test")

    Qwen2Decoder.start = Qwen2Decoder.step = fail


signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGUSR2, _fail)
