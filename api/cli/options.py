"""Checks of options and arguments that several commands share."""

import math

import typer


def check_number(value: float | None) -> float | None:
    """Return a number of the command line; raise BadParameter for `nan`, which passes every `min` and `max`."""
    if value is not None and math.isnan(value):
        raise typer.BadParameter("must be a number")
    return value
