"""Training time that survives being paused: a process stopped by a signal spends nothing, a hard end still holds."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import torch

LONGEST_STEP_S = 8.0


@dataclass(slots=True)
class Budget:
    """Progress from 0 to 1 through `minutes` of the steps' own time, or the wall time to `until` if that ends first.

    `spent_s` and `began` go into checkpoints, so that a resumed run goes on where it stood.
    """

    minutes: float
    until: datetime | None = None
    spent_s: float = 0.0
    began: float = field(default_factory=time.time)
    _mark: float = field(default_factory=time.monotonic)

    def lap(self) -> float:
        """Ends a step and returns the progress; a step much longer than any real one was a pause and counts little."""
        now = time.monotonic()
        self.spent_s += min(now - self._mark, LONGEST_STEP_S)
        self._mark = now
        own = self.spent_s / (60 * self.minutes)
        if self.until is None:
            return own
        return max(own, (time.time() - self.began) / max(1.0, self.until.timestamp() - self.began))

    def state(self) -> dict[str, float]:
        """What a checkpoint keeps of it."""
        return {"spent_s": self.spent_s, "began": self.began}

    def resume(self, state: Mapping[str, Any]) -> None:
        self.spent_s, self.began = state["spent_s"], state["began"]


def save(path: Path, content: object) -> None:
    """Whole or not at all: a run may be cut off while it writes."""
    partial = path.with_suffix(".partial")
    torch.save(content, partial)
    partial.replace(path)


def clock_time(text: str) -> datetime:
    """The next HH:MM from now."""
    hour, minute = map(int, text.split(":"))
    now = datetime.now().astimezone()
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return moment if moment > now else moment + timedelta(days=1)
