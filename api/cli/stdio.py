"""Text from the command line and standard input, and writing to standard output, with errors of one line."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from shared.errors import CommandFailed


def read_text() -> str:
    """Return standard input. Raises CommandFailed."""
    with _valid_text():
        return check_text(_stdin().read())


def read_lines() -> Iterator[str]:
    """Yield the lines of standard input without their ends. Raises CommandFailed."""
    with _valid_text():
        for line in _stdin():
            yield check_text(line.rstrip("\r\n"))


def check_text(text: str) -> str:
    """Return a text; raise CommandFailed where it came from bytes that are not UTF-8."""
    with _valid_text():
        text.encode()
    return text


@contextmanager
def output_errors() -> Iterator[None]:
    """Raise CommandFailed where standard output is closed or full; flush it at the end."""
    if sys.stdout is None:  # Python's stand-in for a descriptor that was closed before the start
        raise CommandFailed("standard output is closed")
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        with suppress(OSError):  # otherwise Python flushes the rest at its exit, and prints a traceback
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise CommandFailed(f"standard output: {error.strerror or error}") from None


def _stdin() -> TextIO:
    if sys.stdin is None:
        raise CommandFailed("standard input is closed")
    return sys.stdin


@contextmanager
def _valid_text() -> Iterator[None]:
    try:
        yield
    except UnicodeError:
        raise CommandFailed("the text is not valid UTF-8") from None
