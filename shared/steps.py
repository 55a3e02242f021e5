"""Work that is divided into steps, so that other work can run in between. Knows nothing of threads or event loops."""

from collections.abc import Generator
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Steps: TypeAlias = Generator[None, None, T]
"""Generator that yields between two short steps and returns the result. Closing it cancels the work."""


def finish(steps: Steps[T]) -> T:
    """Run all steps and return the result."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
