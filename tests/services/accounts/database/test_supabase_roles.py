"""Row-level security of every table, against the roles and default privileges of a Supabase project."""

from contextlib import suppress

import asyncpg
import pytest

from services.accounts.database import open_database
from tests.postgrest import ROLES

DEFAULTS = "; ".join(
    f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON {kind} TO anon, authenticated, service_role"
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS")
)
"""Rights that Supabase sets beforehand: its API roles may use every new table and function."""
KEY = "INSERT INTO api_keys (id, name, prefix, hash, scopes, created_at) VALUES ('key-1', 'n', 'p', 'h', 's', 0)"
ACCOUNT = "INSERT INTO credit_accounts VALUES ('key-1', 1000)"


@pytest.fixture
async def project(postgres):
    """Return the URL of a migrated database with Supabase's roles, and a key with credits."""
    url = postgres.fresh()
    connection = await asyncpg.connect(url)
    for role in ROLES.split("; "):
        with suppress(asyncpg.DuplicateObjectError):  # roles belong to the server and outlive a database
            await connection.execute(role)
    await connection.execute(DEFAULTS)
    async with open_database(url) as database:
        await database.execute(KEY)
        await database.execute(ACCOUNT)
    yield connection
    await connection.execute("RESET ROLE")
    await connection.close()


TABLES = "SELECT relname, relrowsecurity FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"


async def test_every_table_has_row_level_security(project):
    rows = await project.fetch(TABLES)
    assert len(rows) >= 5 and [row["relname"] for row in rows if not row["relrowsecurity"]] == []


@pytest.mark.parametrize("role", ["anon", "authenticated"])
async def test_api_roles_see_and_change_nothing(project, role):
    tables = [row["relname"] for row in await project.fetch(TABLES)]
    await project.execute(f"SET ROLE {role}")
    statements = [f"{verb} {table}" for table in tables for verb in ("TABLE", "DELETE FROM", "TRUNCATE")]
    statements += [KEY, ACCOUNT, "UPDATE credit_accounts SET balance_ms = 10000"]
    for wrong in [*statements, "SELECT credit_settle('r', 'key-1', 1, 0)", "SELECT credit_expire(1e12)"]:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await project.execute(wrong)
    await project.execute("RESET ROLE")
    assert await project.fetchval("SELECT balance_ms FROM credit_accounts") == 1000


async def test_service_role_sees_all(project):
    await project.execute("SET ROLE service_role")
    assert len(await project.fetch("SELECT * FROM api_keys")) == 1
