"""Work in steps, so that others have a turn between them. Knows nothing of threads or of the event loop."""

from collections.abc import Generator
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Steps: TypeAlias = Generator[None, None, T]
"""Yields between two short pieces of work and returns the result; closing it ends the work."""


def finish(steps: Steps[T]) -> T:
    """Do all steps, and return the result."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
