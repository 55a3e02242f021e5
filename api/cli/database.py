"""Access of commands to the database that DATABASE_URL names."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from services.accounts.database import Database, open_database
from shared.config import Settings, read_settings
from shared.errors import ServiceError, StartupError
from shared.logging import configure_logging

T = TypeVar("T")


def run_with_database(work: Callable[[Database], Awaitable[T]]) -> T:
    """Open the database, run `work` with it and return its result. Raises StartupError for every ServiceError."""
    settings = read_settings(Settings)
    configure_logging("WARNING")  # goes to standard error: standard output has the result alone

    async def run() -> T:
        async with open_database(settings.database_url) as database:
            return await work(database)

    try:
        return asyncio.run(run())
    except ServiceError as error:
        raise StartupError(error.message) from None
