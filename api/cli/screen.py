"""Consoles that commands print to. Text is printed as it is: neither markup nor emoji codes in it are interpreted.

Every command prints through one of these, because names, paths and a server's answers may hold square brackets.
"""

import sys

from rich.console import Console

PIPED_WIDTH = 200
"""Columns of a table where no terminal gives a width: enough that no name is cut."""


def table_console() -> Console:
    """Return a console for tables, as wide as the terminal, or PIPED_WIDTH where output goes to a file or a pipe."""
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return Console(soft_wrap=True, width=width, markup=False, emoji=False)


def line_console(*, stderr: bool = False) -> Console:
    """Return a console for lines of text, which are neither wrapped nor highlighted."""
    return Console(stderr=stderr, soft_wrap=True, highlight=False, markup=False, emoji=False)
