"""`veena3 voices`: the voices of a running server."""

import asyncio
import json
from typing import Annotated, Any

import typer
from rich.table import Table

from api.cli.client.server import Key, Url, open_server
from api.cli.screen import table_console


def voices(
    url: Url = None, key: Key = None, as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False
) -> None:
    """Print the voices of a running server: ids, aliases, languages."""
    known = asyncio.run(_ask(url, key))
    if as_json:
        typer.echo(json.dumps(known, ensure_ascii=False, indent=2))
        return
    table = Table("id", "aliases", "languages", "gender", "description")
    for voice in known:
        names = ", ".join(voice["aliases"]), ", ".join(voice["languages"])
        table.add_row(voice["id"], *names, voice["gender"], voice["description"])
    table_console().print(table)


async def _ask(url: str | None, key: str | None) -> list[dict[str, Any]]:
    async with open_server(url, key=key) as server:
        known: list[dict[str, Any]] = (await server.get("/v1/voices"))["voices"]
        return known
