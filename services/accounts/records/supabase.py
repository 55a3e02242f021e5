"""Supabase's `tts_requests` as a destination: the only module that knows its client.

Importing it takes more than a second; only where Supabase is configured does anybody.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict

import httpx
from postgrest.types import ReturnMethod

from services.accounts.records.delivery import DestinationAway, Refused
from services.accounts.records.record import RequestRecord
from shared.errors import StartupError
from supabase import AsyncClient, AsyncClientOptions, AsyncSupabaseException, PostgrestAPIError, acreate_client

TABLE = "tts_requests"
TIMEOUT = httpx.Timeout(5.0, connect=2.0)
FAULTS_OF_A_ROW = ("22", "23")  # SQLSTATE classes: data exception, integrity constraint violation


class Supabase:
    """Rows by `upsert` on `id`; one that is there already is left as it is, so that nothing is ever there twice."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def take(self, records: Sequence[RequestRecord]) -> Refused:
        """One statement for all; where a row spoils it, two for the halves, down to that row."""
        rows = [asdict(record) for record in records]
        upsert = self._client.table(TABLE).upsert(
            rows, on_conflict="id", ignore_duplicates=True, returning=ReturnMethod.minimal
        )
        try:
            await upsert.execute()
        except httpx.HTTPError as error:
            raise DestinationAway(type(error).__name__) from None
        except PostgrestAPIError as error:
            code = str(error.code)  # the message may repeat the row
            if len(code) != 5 or not code.startswith(FAULTS_OF_A_ROW):
                raise DestinationAway(f"it answered {code}") from None
            if len(records) == 1:
                return {records[0].id: f"SQLSTATE {code}"}
            half = len(records) // 2
            return {**await self.take(records[:half]), **await self.take(records[half:])}
        return {}

    async def forget(self, *, before: str) -> None:
        """Delete what arrived before this time (ISO 8601, UTC). Raises DestinationAway."""
        old = self._client.table(TABLE).delete(returning=ReturnMethod.minimal).lt("arrived_at", before)
        try:
            await old.execute()
        except (httpx.HTTPError, PostgrestAPIError) as error:
            raise DestinationAway(type(error).__name__) from None


@asynccontextmanager
async def open_supabase(url: str, key: str) -> AsyncIterator[Supabase]:
    """A client of the project at `url`; nothing is asked of it yet. Raises StartupError for what is no URL."""
    async with httpx.AsyncClient(timeout=TIMEOUT) as http:
        options = AsyncClientOptions(
            httpx_client=http, postgrest_client_retry=False, auto_refresh_token=False, persist_session=False
        )
        try:
            client = await acreate_client(url, key, options)
        except AsyncSupabaseException as error:
            raise StartupError(f"setting SUPABASE_URL: {error}") from None
        yield Supabase(client)
