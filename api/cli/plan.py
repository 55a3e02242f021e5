"""`veena3 plan`: containers that a load needs on each GPU, and their cost."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from api.cli.screen import table_console
from shared.errors import CommandFailed
from tools.capacity import ASSUMED, PRICES, ContainerCapacity, Demand, mean_sound_s, measured
from tools.capacity import plan as plan_for


def plan(
    rps: Annotated[float, typer.Option(min=0.001, help="requests per second")],
    mix: Annotated[str, typer.Option(help="seconds of sound of a request; with shares, `2:60,8:30,30:10`")] = "4",
    curve: Annotated[
        Path | None, typer.Option(help="file with outputs of `veena3 bench --json` at rising rates, in that order")
    ] = None,
    price: Annotated[float, typer.Option(min=0, help="$ per hour for the container of --curve")] = 0.0,
) -> None:
    """Print containers, their settings on Modal and the cost per hour. docs/capacity.md gives the basis."""
    demand = Demand(rate=rps, sound_s=mean_sound_s(_shares(mix)))
    containers = [(_measured(curve), price)] if curve else []
    containers += [(container, PRICES[container.name]) for container in ASSUMED]
    table = Table("container", "containers", "max_running", "target_inputs", "buffer", "$ per hour", "basis")
    for container, dollars in containers:
        chosen = plan_for(demand, container)
        cost = (chosen.containers + chosen.buffer) * dollars
        sizes = chosen.containers, chosen.max_running, chosen.target_inputs, chosen.buffer
        table.add_row(container.name, *map(str, sizes), f"{cost:.2f}" if dollars else "-", container.basis)
    table_console().print(table)
    typer.echo(
        f"{rps:g} requests per second, {demand.sound_s:g} s of sound each; assumed capacities have not been measured."
    )


def _shares(mix: str) -> dict[float, float]:
    """Return seconds of sound and their shares, in any unit. Raises CommandFailed."""
    try:
        pairs = [part.partition(":") for part in mix.split(",")]
        found = {float(seconds): float(share or 1) for seconds, _, share in pairs}
    except ValueError:
        raise CommandFailed("--mix: seconds of sound with their shares, such as 2:60,8:30,30:10") from None
    if min(found) <= 0 or min(found.values()) < 0 or sum(found.values()) <= 0:
        raise CommandFailed("--mix: seconds and shares must be above 0")
    return found


def _measured(path: Path) -> ContainerCapacity:
    """Read the capacity of a container from outputs of `veena3 bench --json`. Raises CommandFailed."""
    try:
        rows = [row for output in _objects(path.read_text("utf-8")) for row in output["transports"].values()]
        return measured(path.stem, rows)
    except OSError as error:
        raise CommandFailed(f"{path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise CommandFailed(f"{path}: not a series of outputs of `veena3 bench --json`: {error}") from None


def _objects(text: str) -> list[dict[str, Any]]:
    """Parse JSON objects that follow one another."""
    decoder, found = json.JSONDecoder(), []
    while text := text.lstrip():
        value, end = decoder.raw_decode(text)
        found.append(value)
        text = text[end:]
    return found
