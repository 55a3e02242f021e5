"""PostgreSQL that is away, comes back, drops connections, or is behind a pooler in transaction mode."""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import asyncpg
import pytest
from structlog.testing import capture_logs

from services.accounts.caller import Limits, Scope
from services.accounts.credits.charge import Charge
from services.accounts.credits.ledger import Ledger
from services.accounts.database import open_database
from services.accounts.keys.store import KeyStore, digest
from shared.errors import InsufficientCredits, StartupError, StoreUnavailable
from tests.delaying_proxy import delaying_proxy
from tests.servers import ServerProcess, postgres_server


async def test_service_starts_without_its_database_and_finds_it_later():
    with postgres_server() as server:
        url = server.fresh()
        server.kill()
        with capture_logs() as logs:
            async with open_database(url, connections=3, may_be_away=True) as database:
                assert "database_away" in [line["event"] for line in logs]
                with pytest.raises(StoreUnavailable, match="ConnectionRefusedError"):
                    await database.fetch("SELECT 1")
                assert "no connection to PostgreSQL" in database.problem
                await asyncio.to_thread(server.start)
                assert await database.fetch("SELECT * FROM api_keys") == [] and database.problem is None
    with pytest.raises(StartupError, match="setting DATABASE_URL"):
        async with open_database(url):
            pass


async def test_dropped_connections_are_replaced_before_a_request_needs_them(postgres):
    url = postgres.fresh()
    async with open_database(url, connections=4) as database:
        await database.keep_alive()
        killer = await asyncpg.connect(url)
        others, own = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> $1", killer.get_server_pid()
        while await killer.fetchval(f"SELECT count(*) {others}", own) < 4:  # noqa: ASYNC110 - PostgreSQL alone tells
            await asyncio.sleep(0.01)
        await killer.fetch(f"SELECT pg_terminate_backend(pid) {others}", own)
        await asyncio.sleep(0.2)
        with suppress(StoreUnavailable):
            await database.round_trip_s()
        await database.keep_alive()
        for _ in range(8):
            assert await database.fetch("SELECT 1 AS one") == [{"one": 1}]
        await killer.close()


async def test_statement_is_one_round_trip_once_its_connection_knows_it(postgres):
    with delaying_proxy(postgres.port) as proxy:
        url = postgres.fresh().replace(str(postgres.port), str(proxy.port))
        async with open_database(url, statements=(KeyStore.FIND,)) as database:
            for sql, values, expected in (
                (KeyStore.FIND, ("h", 0.0), 1),
                ("SELECT $1::text", ("a",), 2),
                ("SELECT $1::text", ("b",), 1),
            ):
                before = proxy.trips
                await database.fetch(sql, *values)
                assert proxy.trips == before + expected, sql


BINARY = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")


class PgBouncer(ServerProcess):
    """PgBouncer in transaction mode, which forgets prepared statements, with two connections to its server."""

    def __init__(self, folder, server_port: int) -> None:
        super().__init__()
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self._file = folder / "pgbouncer.ini"
        self._file.write_text(
            f"[databases]\n* = host=127.0.0.1 port={server_port} user=postgres\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\n"
            "auth_type = any\npool_mode = transaction\ndefault_pool_size = 2\n"
            "ignore_startup_parameters = extra_float_digits\n"
        )
        self._file.chmod(0o644)

    def _begin(self) -> subprocess.Popen[bytes]:
        command = [BINARY, str(self._file)]
        return subprocess.Popen(command, user=self.user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False


@pytest.fixture
def pooled_url(postgres):
    if not BINARY:
        pytest.skip("PGBOUNCER IS NOT INSTALLED: poolers are untested; apt-get install pgbouncer")
    with TemporaryDirectory(prefix="veena3-pgbouncer-") as folder:
        bouncer = PgBouncer(Path(folder), postgres.port)
        if os.geteuid() == 0:
            shutil.chown(folder, bouncer.user)
        bouncer.start()
        try:
            yield postgres.fresh().replace(str(postgres.port), str(bouncer.port))
        finally:
            bouncer.kill()


async def test_pooler_in_transaction_mode_migrates_serves_and_costs_no_round_trip_more(pooled_url):
    """Eight connections share two of the server; every statement meets a session that has not seen it."""
    port = urlsplit(pooled_url).port
    with delaying_proxy(port) as proxy:
        url = pooled_url.replace(str(port), str(proxy.port))
        async with open_database(url, connections=8, statements=(KeyStore.FIND, *Ledger.STATEMENTS)) as database:
            store, ledger = KeyStore(database), Ledger(database)
            key, secret = await store.create("n", scopes=frozenset({Scope.GENERATE}), limits=Limits(), expires_at=None)
            await ledger.grant("first", key.id, amount_ms=10_000)

            async def spend(n: int) -> bool:
                assert (await store.find(digest(secret))).id == key.id
                try:
                    await ledger.hold(Charge(f"r{n}", key.id, 1000), for_s=60)
                except InsufficientCredits:
                    return False
                await ledger.settle(Charge(f"r{n}", key.id, 1000))
                return True

            assert sum(await asyncio.gather(*map(spend, range(40)))) == 10
            assert await ledger.balance_ms(key.id) == 0
            before = proxy.trips
            await store.find(digest(secret))
            assert proxy.trips == before + 1
