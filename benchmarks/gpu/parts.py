"""Common ground of the parts of bench-gpu: device, size, time and the sheet that a part fills."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from benchmarks.report import Sheet

LIMIT_S = 420.0
"""Seconds after which a part starts no further measurement: below eight minutes with the one that runs then."""
TOKENS_PER_TEXT_TOKEN = 5
"""Rate of speech: a text token is one byte, so that this is 100 ms for an ASCII character."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """One run of a part. `seconds`: duration of each load. `quick`: the smallest rows alone."""

    sheet: Sheet
    device: str
    size: Literal["tiny", "small", "full"]
    engine: Literal["vllm", "transformers"]
    seconds: float
    quick: bool

    def rows(self, values: Sequence[T]) -> Sequence[T]:
        """Return all values, or the first two of a quick run."""
        return values[:2] if self.quick else values

    @contextmanager
    def checkpoint(self) -> Iterator[Path]:
        """Yield a complete checkpoint of this size."""
        from tools.checkpoints.builder import build_checkpoint

        with tempfile.TemporaryDirectory() as folder:
            yield build_checkpoint(Path(folder) / "checkpoint", self.size, tokens_per_text_token=TOKENS_PER_TEXT_TOKEN)
