"""`veena3 migrate`: bring the tables of the database up to this version."""

import asyncio
from typing import Annotated

import typer

from services.accounts.database import database_state, open_database
from shared.config import Settings, read_settings
from shared.errors import ServiceError, StartupError
from shared.logging import configure_logging


def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="change nothing; exit status 1 if migrations are missing")
    ] = False,
) -> None:
    """Apply the missing migrations, all or none, and print them. A service does the same when it starts."""
    url = read_settings(Settings).database_url
    configure_logging("WARNING")
    state, _ = asyncio.run(database_state(url))
    for name in state.missing:
        typer.echo(f"{'missing' if check else 'applying'}: {name}")
    if not state.missing:
        typer.echo(f"complete: {len(state.applied)} migrations, the last is {state.applied[-1]}")
    elif check:
        raise typer.Exit(1)
    else:
        asyncio.run(_migrate(url))
        typer.echo(f"applied {len(state.missing)} migrations")


async def _migrate(url: str) -> None:
    """Open the database, which migrates it. Raises StartupError for every ServiceError."""
    try:
        async with open_database(url):
            pass
    except ServiceError as error:
        raise StartupError(error.message) from None
