"""Progress of commands that take longer than two seconds, on standard error: standard output is for results."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from api.cli.screen import line_console

PLAIN_EVERY_S = 10.0
"""Seconds between two lines of a step that still runs, where there is no terminal. Chosen for logs of jobs."""


class StepProgress:
    """Steps of a command: a bar in a terminal, else a plain line at the end of each step and every PLAIN_EVERY_S."""

    def __init__(self, console: Console) -> None:
        columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[done]}"), TimeElapsedColumn()
        self.bars = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._console = console
        self._name, self._unit, self._total, self._done = "", "", 0.0, 0.0
        self._began = self._said = time.monotonic()

    @contextmanager
    def step(self, name: str, *, total: float | None = None, unit: str = "") -> Iterator[None]:
        """Show one step; `advance` counts its `unit`s up to `total`, which may be unknown."""
        self._name, self._unit, self._total, self._done = name, unit, total or 0.0, 0.0
        self._began = self._said = time.monotonic()
        bar = self.bars.add_task(name, total=total, done="")
        self._bar = bar
        try:
            yield
        finally:
            self.bars.remove_task(bar)
        self._print(f"{self._counted() or 'done'} in {time.monotonic() - self._began:.1f} s")

    def advance(self, amount: float = 1) -> None:
        """Count more of the current step."""
        self._done += amount
        self.bars.update(self._bar, completed=self._done, done=self._counted())
        if time.monotonic() - self._said >= PLAIN_EVERY_S:
            self._said = time.monotonic()
            self._print(self._counted())

    def _counted(self) -> str:
        if not self._unit:
            return ""
        of = f" of {self._total:.0f}" if self._total else ""
        return f"{self._done:.0f}{of} {self._unit}"

    def _print(self, line: str) -> None:
        if self.bars.disable:
            self._console.print(f"{self._name}: {line}")


@contextmanager
def show_progress() -> Iterator[StepProgress]:
    """Show the progress of a command while this context is open."""
    progress = StepProgress(line_console(stderr=True))
    with progress.bars:
        yield progress
