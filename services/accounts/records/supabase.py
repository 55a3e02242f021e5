"""Supabase's `tts_requests` as a destination; the only module that knows its client.

The import takes more than a second, so it happens only where Supabase is configured.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

import httpx
from postgrest.types import ReturnMethod

from services.accounts.records.delivery import DestinationUnavailable, Refused
from services.accounts.records.record import RequestRecord
from shared.errors import StartupError
from supabase import AsyncClient, AsyncClientOptions, AsyncSupabaseException, PostgrestAPIError, acreate_client

TABLE = "tts_requests"
TIMEOUT = httpx.Timeout(5.0, connect=2.0)
FAULTS_OF_A_ROW = ("22", "23")
"""SQLSTATE classes: data exception, integrity constraint violation."""


class Supabase:
    """Rows of `tts_requests`, by `upsert` on `id`. A row that exists stays as it is, so that none comes twice."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def receive(self, records: Sequence[RequestRecord]) -> Refused:
        """Insert all records with one statement; where a row fails, halve down to that row, which is refused."""
        rows = [asdict(record) for record in records]
        upsert = self._client.table(TABLE).upsert(
            rows, on_conflict="id", ignore_duplicates=True, returning=ReturnMethod.minimal
        )
        try:
            await upsert.execute()
        except httpx.HTTPError as error:
            raise DestinationUnavailable(type(error).__name__) from None
        except PostgrestAPIError as error:
            code = str(error.code)  # the message may repeat the row
            if len(code) != 5 or not code.startswith(FAULTS_OF_A_ROW):
                raise DestinationUnavailable(f"it answered {code}") from None
            if len(records) == 1:
                return {records[0].id: f"SQLSTATE {code}"}
            half = len(records) // 2
            return {**await self.receive(records[:half]), **await self.receive(records[half:])}
        return {}

    async def delete_before(self, *, before: str) -> None:
        """Delete records that arrived before this time (ISO 8601, UTC). Raises DestinationUnavailable."""
        await self._execute(self._deletion().lt("arrived_at", before))

    async def erase(self, *, key_id: str | None, request_id: str | None) -> None:
        """Delete the records of a key or of a request. Raises DestinationUnavailable."""
        column, value = ("key_id", key_id) if request_id is None else ("request_id", request_id)
        await self._execute(self._deletion().eq(column, value))

    def _deletion(self) -> Any:
        return self._client.table(TABLE).delete(returning=ReturnMethod.minimal)

    async def _execute(self, deletion: Any) -> None:
        try:
            await deletion.execute()
        except (httpx.HTTPError, PostgrestAPIError) as error:
            raise DestinationUnavailable(type(error).__name__) from None


@asynccontextmanager
async def open_supabase(url: str, key: str) -> AsyncIterator[Supabase]:
    """Open a client of the project at `url`, without a request. Raises StartupError: `url` is no URL."""
    async with httpx.AsyncClient(timeout=TIMEOUT) as http:
        options = AsyncClientOptions(
            httpx_client=http, postgrest_client_retry=False, auto_refresh_token=False, persist_session=False
        )
        try:
            client = await acreate_client(url, key, options)
        except AsyncSupabaseException as error:
            raise StartupError(f"setting SUPABASE_URL: {error}") from None
        yield Supabase(client)
