"""Time budget of a training run that does not count pauses of the process; an absolute end holds in any case."""

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import torch

LONGEST_STEP_S = 8.0
"""Longest time that one step may count: a longer one was a pause."""
FLOOR = 0.02
"""Final share of the largest learning rate."""


@dataclass(slots=True)
class Budget:
    """Progress from 0 to 1 through `minutes` of steps, or through the wall time to `until` if that ends first.

    `spent_s` and `began` are stored in checkpoints, so that a resumed run continues its budget.
    """

    minutes: float
    until: datetime | None = None
    spent_s: float = 0.0
    began: float = field(default_factory=time.time)
    _mark: float = field(default_factory=time.monotonic)

    def lap(self) -> float:
        """End a step and return the progress."""
        now = time.monotonic()
        self.spent_s += min(now - self._mark, LONGEST_STEP_S)
        self._mark = now
        own = self.spent_s / (60 * self.minutes)
        if self.until is None:
            return own
        return max(own, (time.time() - self.began) / max(1.0, self.until.timestamp() - self.began))

    def state(self) -> dict[str, float]:
        """Return the values for a checkpoint."""
        return {"spent_s": self.spent_s, "began": self.began}

    def resume(self, state: Mapping[str, Any]) -> None:
        """Continue from the values of a checkpoint."""
        self.spent_s, self.began = state["spent_s"], state["began"]


@dataclass(frozen=True, slots=True)
class Rate:
    """Factor of the learning rate: warm-up of some steps, constant to a progress of `flat_until`, linear to FLOOR."""

    warm_up_steps: int
    flat_until: float

    def at(self, progress: float, step: int) -> float:
        decay = 1 - (1 - FLOOR) * max(0.0, progress - self.flat_until) / (1 - self.flat_until)
        return min(1.0, (step + 1) / self.warm_up_steps) * max(FLOOR, decay)


def save(path: Path, content: object) -> None:
    """Write a checkpoint atomically: a run may be interrupted while it writes."""
    partial = path.with_suffix(".partial")
    torch.save(content, partial)
    partial.replace(path)


def clock_time(text: str) -> datetime:
    """Return the next time of day HH:MM."""
    hour, minute = map(int, text.split(":"))
    now = datetime.now().astimezone()
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return moment if moment > now else moment + timedelta(days=1)


def training_options(description: str | None, *, minutes: float, lr: float) -> argparse.ArgumentParser:
    """Return a parser with the options that every training has: its folder, its time, its rate, threads and seed."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=minutes)
    parser.add_argument("--until", type=clock_time, help="HH:MM at which training ends in any case")
    parser.add_argument("--lr", type=float, default=lr)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    return parser
