"""The database that commands look into: the one that DATABASE_URL names."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from services.accounts.database import Database, open_database
from shared.config import Settings, read_settings
from shared.errors import ServiceError, StartupError
from shared.logging import configure_logging

T = TypeVar("T")


def asked_of_database(ask: Callable[[Database], Awaitable[T]]) -> T:
    """What `ask` gives, with a database that is open for so long. Raises StartupError with what it raises."""
    settings = read_settings(Settings)
    configure_logging("WARNING")  # to standard error: on standard output is the answer alone

    async def asked() -> T:
        async with open_database(settings.database_url) as database:
            return await ask(database)

    try:
        return asyncio.run(asked())
    except ServiceError as error:
        raise StartupError(error.message) from None
