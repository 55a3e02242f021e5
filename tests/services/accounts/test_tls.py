"""PostgreSQL and Redis over TLS, with certificates made here: the right one, one of a stranger, another name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli.stores import store_findings
from services.accounts.database import open_database
from services.accounts.limits.shared import redis_pool
from shared.config import Settings
from shared.errors import StartupError
from tests.servers import Postgres, Redis, postgres_server, redis_server
from tests.services.accounts.limits.conftest import available, let_in, limited, settings_at
from tests.tls import make_certificate


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("localhost"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory) -> Path:
    """Return a certificate that signed nothing here."""
    return make_certificate(tmp_path_factory.mktemp("stranger"))[0]


@pytest.fixture(scope="module")
def tls_postgres(certificate) -> Iterator[Postgres]:
    with postgres_server(certificate) as server:
        yield server


@pytest.fixture(scope="module")
def tls_redis(certificate) -> Iterator[Redis]:
    with redis_server(certificate) as server:
        yield server


async def test_database_with_the_right_certificate_is_encrypted(tls_postgres, certificate):
    url = f"{tls_postgres.url()}?sslmode=verify-full&sslrootcert={certificate[0]}"
    async with open_database(url) as database:
        (found,) = await database.fetch("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    assert found["ssl"] is True


@pytest.mark.parametrize("mode", ["verify-full", "verify-ca"])
async def test_database_with_a_strangers_certificate_is_refused_in_one_line(tls_postgres, stranger, mode):
    url = f"{tls_postgres.url()}?sslmode={mode}&sslrootcert={stranger}"
    with pytest.raises(StartupError, match="DATABASE_URL: the certificate of PostgreSQL is not accepted: self-signed"):
        async with open_database(url, may_be_away=True):
            pass


async def test_name_of_the_database_is_checked_by_verify_full_alone(tls_postgres, certificate):
    other = tls_postgres.url().replace("localhost", "127.0.0.1")  # the certificate is for localhost
    with pytest.raises(StartupError, match="not accepted: IP address mismatch"):
        async with open_database(f"{other}?sslmode=verify-full&sslrootcert={certificate[0]}"):
            pass
    async with open_database(f"{other}?sslmode=verify-ca&sslrootcert={certificate[0]}") as database:
        assert await database.fetch("SELECT 1 AS one") == [{"one": 1}]


async def test_database_that_wants_tls_refuses_a_plain_connection(tls_postgres, certificate):
    with pytest.raises(StartupError, match="InvalidAuthorizationSpecification"):
        async with open_database(f"{tls_postgres.url()}?sslmode=disable"):
            pass
    async with open_database(f"{tls_postgres.url()}?sslmode=require") as database:  # encrypted, and unchecked
        assert await database.fetch("SELECT 1 AS one")


async def test_limits_are_shared_over_tls(tls_redis, certificate):
    async with limited(settings_at(f"{tls_redis.url}?ssl_ca_certs={certificate[0]}", store_deadline_s=60)) as limiter:
        await available(limiter)
        assert await let_in(limiter) and limiter.store_problem is None


@pytest.mark.parametrize("trusted", ["the system's roots", "a stranger"])
async def test_redis_with_an_unknown_certificate_is_named(tls_redis, stranger, trusted):
    url = tls_redis.url if trusted == "the system's roots" else f"{tls_redis.url}?ssl_ca_certs={stranger}"
    async with limited(settings_at(url, store_deadline_s=60)) as limiter:
        await let_in(limiter)
        assert "the certificate of Redis is not accepted: self-signed certificate" in str(limiter.store_problem)


def test_missing_file_of_certificates_is_refused():
    with pytest.raises(StartupError, match=r"REDIS_URL: ssl_ca_certs: /nowhere/ca\.pem: no such file"):
        redis_pool("rediss://localhost:1/0?ssl_ca_certs=/nowhere/ca.pem")


def test_doctor_says_which_certificate_is_not_accepted(tls_postgres, tls_redis, certificate, stranger):
    good = {
        "database_url": f"{tls_postgres.url()}?sslmode=verify-full&sslrootcert={certificate[0]}",
        "redis_url": f"{tls_redis.url}?ssl_ca_certs={certificate[0]}",
    }
    found = {name: (passed, told) for name, passed, told in store_findings(Settings(**good))}
    assert found["database"][0] and found["redis"][0], found
    bad = {name: url.replace(str(certificate[0]), str(stranger)) for name, url in good.items()}
    found = {name: (passed, told) for name, passed, told in store_findings(Settings(**bad))}
    for name, label in (("database", "PostgreSQL"), ("redis", "Redis")):
        assert not found[name][0] and f"the certificate of {label} is not accepted" in found[name][1]
