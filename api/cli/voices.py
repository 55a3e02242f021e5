"""`veena3 voices`: the voices of a running server."""

import asyncio
from typing import Annotated

import typer
from rich.table import Table

from api.cli.client.printing import printable, printable_json
from api.cli.client.server import Key, Url, open_server
from api.cli.screen import table_console
from veena3_client import Voice


def voices(
    url: Url = None, key: Key = None, as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False
) -> None:
    """Print the voices of a running server: ids, aliases, languages."""
    known = asyncio.run(_ask(url, key))
    if as_json:
        typer.echo(printable_json([dict(voice.fields) for voice in known]))
        return
    table = Table("id", "aliases", "languages", "gender", "description")
    for voice in known:
        names = ", ".join(voice.aliases), ", ".join(voice.languages)
        cells = voice.id, *names, voice.gender or "", voice.description
        table.add_row(*map(printable, cells))
    table_console().print(table)


async def _ask(url: str | None, key: str | None) -> list[Voice]:
    async with open_server(url, key=key) as server:
        return await server.voices()
