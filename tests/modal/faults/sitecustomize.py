"""Python runs this first in every container of these tests: after SIGUSR2 the language model's next step fails."""

import signal
from typing import Any


def _fail(*_signal: object) -> None:
    from core.engines.qwen2 import Qwen2Decoder

    def advance(*_ids: object) -> Any:
        raise RuntimeError("a fault that the test asked for")

    Qwen2Decoder.advance = advance


signal.signal(signal.SIGUSR2, _fail)
