"""Python runs this first in every container of these tests: SIGINT interrupts it, and SIGUSR2 breaks its engine.

A job that a shell started in the background has SIGINT ignored, and hands that down to all that it starts.
"""

import multiprocessing
import signal
from typing import Any


def _fail(*_signal: object) -> None:
    """vLLM's process is killed; the model that runs in this one fails at its next step."""
    for engine in multiprocessing.active_children():
        engine.kill()

    from core.engines.qwen2 import Qwen2Decoder

    def advance(*_ids: object) -> Any:
        raise RuntimeError("a fault that the test asked for")

    Qwen2Decoder.advance = advance


signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGUSR2, _fail)
