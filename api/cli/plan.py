"""`veena3 plan`: how many containers a load needs on each GPU, and what they cost."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from api.cli.screen import table_console
from shared.errors import CommandFailed
from tools.capacity import ASSUMED, PRICES, Container, Demand, mean_sound_s, measured
from tools.capacity import plan as plan_for


def plan(
    rps: Annotated[float, typer.Option(min=0.001, help="requests a second")],
    mix: Annotated[str, typer.Option(help="seconds of sound of a request, `2:60,8:30,30:10` for shares")] = "4",
    curve: Annotated[
        Path | None, typer.Option(help="what `veena3 bench --json` printed at rising rates, one after the other")
    ] = None,
    price: Annotated[float, typer.Option(min=0, help="$ an hour for the container of --curve")] = 0.0,
) -> None:
    """Print containers, their settings on Modal and the cost an hour. docs/capacity.md says what it rests on."""
    demand = Demand(rate=rps, sound_s=mean_sound_s(_shares(mix)))
    containers = [(_measured(curve), price)] if curve else []
    containers += [(container, PRICES[container.name]) for container in ASSUMED]
    table = Table("container", "containers", "max_inputs", "target_inputs", "buffer", "$ an hour", "basis")
    for container, dollars in containers:
        chosen = plan_for(demand, container)
        cost = (chosen.containers + chosen.buffer) * dollars
        sizes = chosen.containers, chosen.max_inputs, chosen.target_inputs, chosen.buffer
        table.add_row(container.name, *map(str, sizes), f"{cost:.2f}" if dollars else "-", container.basis)
    table_console().print(table)
    typer.echo(f"{rps:g} requests a second of {demand.sound_s:g} s of sound; what is assumed, nobody has measured.")


def _shares(mix: str) -> dict[float, float]:
    """Seconds of sound to their share, in any unit."""
    try:
        pairs = [part.partition(":") for part in mix.split(",")]
        found = {float(seconds): float(share or 1) for seconds, _, share in pairs}
    except ValueError:
        raise CommandFailed("--mix: seconds of sound with their shares, such as 2:60,8:30,30:10") from None
    if min(found) <= 0 or min(found.values()) < 0 or sum(found.values()) <= 0:
        raise CommandFailed("--mix: seconds and shares are above 0")
    return found


def _measured(path: Path) -> Container:
    try:
        rows = [row for told in _told(path.read_text("utf-8")) for row in told["transports"].values()]
        return measured(path.stem, rows)
    except OSError as error:
        raise CommandFailed(f"{path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise CommandFailed(f"{path}: no curve of `veena3 bench --json`: {error}") from None


def _told(text: str) -> list[dict[str, Any]]:
    """JSON objects, one after the other."""
    decoder, found = json.JSONDecoder(), []
    while text := text.lstrip():
        value, end = decoder.raw_decode(text)
        found.append(value)
        text = text[end:]
    return found
