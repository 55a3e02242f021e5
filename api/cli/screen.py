"""Where commands print their tables."""

import sys

from rich.console import Console

PIPED_WIDTH = 200  # columns where there is no terminal: a name is then never cut


def screen() -> Console:
    """A console as wide as the terminal, or wide enough where output goes to a file or a pipe."""
    return Console(soft_wrap=True, width=None if sys.stdout.isatty() else PIPED_WIDTH)
