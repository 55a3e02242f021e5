"""Double of Supabase: PostgREST's upsert and delete on `tts_requests`, over a real PostgreSQL.

The database has production's migration and roles. PostgREST itself is not tested, because no package contains it. The
double runs in a process of its own, which a test can kill or suspend: `python -m tests.postgrest PORT DATABASE_URL`.
"""

import asyncio
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.servers import Postgres, ServerProcess

ROOT = Path(__file__).parents[1]
MIGRATION = ROOT / "supabase" / "migrations" / "20261121000000_tts_requests.sql"
ROLES = "create role anon; create role authenticated; create role service_role bypassrls"
SERVICE_KEY, ANON_KEY = "the-service-key", "the-anon-key"


class Supabase(ServerProcess):
    """Running double of Supabase."""

    def __init__(self, database_url: str) -> None:
        super().__init__()
        self.database_url = database_url

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _begin(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.postgrest", str(self.port), self.database_url]
        return subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    async def fetch(self, sql: str) -> list[asyncpg.Record]:
        """Run SQL as the database's owner."""
        connection = await asyncpg.connect(self.database_url)
        try:
            return await connection.fetch(sql)
        finally:
            await connection.close()


@contextmanager
def supabase_double(postgres: Postgres) -> Iterator[Supabase]:
    """Run a double with a migrated, empty database of its own."""

    async def migrate(url: str) -> None:
        connection = await asyncpg.connect(url)
        try:
            with suppress(asyncpg.DuplicateObjectError):  # roles belong to the server and outlive a database
                await connection.execute(ROLES)
            await connection.execute(MIGRATION.read_text())
        finally:
            await connection.close()

    double = Supabase(postgres.fresh())
    asyncio.run(migrate(double.database_url))
    double.start()
    try:
        yield double
    finally:
        double.kill()


def _app(database_url: str) -> Starlette:
    @asynccontextmanager
    async def lifespan(app: Starlette):
        async with asyncpg.create_pool(database_url, min_size=0, max_size=4) as app.state.pool:
            yield

    return Starlette(routes=[Route("/rest/v1/tts_requests", _answer, methods=["POST", "DELETE"])], lifespan=lifespan)


async def _answer(request: Request) -> Response:
    role = {SERVICE_KEY: "service_role", ANON_KEY: "anon"}.get(request.headers["apikey"])
    if role is None:
        return JSONResponse({"code": "PGRST301", "message": "JWT invalid"}, 401)
    try:
        async with request.app.state.pool.acquire() as connection, connection.transaction():
            await connection.execute(f"set local role {role}")
            await (_upsert if request.method == "POST" else _delete)(connection, request)
    except asyncpg.PostgresError as error:
        return JSONResponse({"code": error.sqlstate, "message": str(error)}, 400)
    except (asyncpg.InterfaceError, OSError):
        return JSONResponse({"code": "PGRST000", "message": "no database"}, 503)
    return Response(status_code=201 if request.method == "POST" else 204)


async def _upsert(connection: asyncpg.Connection, request: Request) -> None:
    prefer = {preference.strip() for preference in request.headers["prefer"].split(",")}
    assert {"resolution=ignore-duplicates", "return=minimal"} <= prefer, prefer
    assert request.query_params["on_conflict"] == "id"
    columns = request.query_params["columns"].replace('"', "")
    assert re.fullmatch(r"[a-z_0-9,]+", columns)
    await connection.execute(
        f"insert into tts_requests ({columns}) select {columns} "
        "from json_populate_recordset(null::tts_requests, $1::json) on conflict (id) do nothing",
        (await request.body()).decode(),
    )


async def _delete(connection: asyncpg.Connection, request: Request) -> None:
    before = request.query_params["arrived_at"].removeprefix("lt.")
    await connection.execute("delete from tts_requests where arrived_at < $1::text::timestamptz", before)


if __name__ == "__main__":
    uvicorn.run(_app(sys.argv[2]), port=int(sys.argv[1]), log_level="error")
