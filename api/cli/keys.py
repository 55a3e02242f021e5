"""`veena3 keys`: API keys, in the database that DATABASE_URL names."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer
from rich.table import Table

from api.cli.database import asked_of_database
from api.cli.screen import screen
from services.accounts.caller import Limits, Scope
from services.accounts.keys.store import Key, KeyStore

DAY_S = 86_400

app = typer.Typer(name="keys", no_args_is_help=True, help="Make, list and revoke API keys.")
T = TypeVar("T")
_Id = Annotated[str, typer.Argument(metavar="ID", help="as `keys list` shows it")]
_Limit = Annotated[int | None, typer.Option(min=1, help="default: the service's own limit")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="whose it is, for people")],
    scope: Annotated[list[Scope] | None, typer.Option(help="one or more; `generate` if none is given")] = None,
    expires_days: Annotated[float | None, typer.Option(min=0, max=36_500, help="from now; default: never")] = None,
    requests_per_minute: _Limit = None,
    characters_per_minute: _Limit = None,
    streams: _Limit = None,
) -> None:
    """Make a key and print it: it is shown this once."""
    scopes = frozenset(scope or [Scope.GENERATE])
    limits = Limits(requests_per_minute, characters_per_minute, streams)
    expires_at = None if expires_days is None else time.time() + expires_days * DAY_S
    key, secret = _with_store(lambda store: store.create(name, scopes=scopes, limits=limits, expires_at=expires_at))
    typer.echo(secret)
    typer.echo(f"{key.id}: {', '.join(sorted(key.scopes))}. The key above is shown this once.", err=True)


@app.command("list")
def list_() -> None:
    """Every key there ever was, the oldest first."""
    _print(_with_store(lambda store: store.all()))


@app.command()
def show(key_id: _Id) -> None:
    """One key."""
    _print([_with_store(lambda store: store.get(key_id))])


@app.command()
def revoke(key_id: _Id) -> None:
    """Revoke a key for good: running services refuse it within KEY_CACHE_TTL_S."""
    _print([_with_store(lambda store: store.revoke(key_id))])


def _with_store(ask: Callable[[KeyStore], Awaitable[T]]) -> T:
    return asked_of_database(lambda database: ask(KeyStore(database)))


def _print(keys: list[Key]) -> None:
    table = Table("id", "begins", "name", "scopes", "state", "a minute", "streams", "created", "expires")
    for key in keys:
        limits = key.limits
        minute = f"{limits.requests_per_minute or '-'} requests, {limits.characters_per_minute or '-'} characters"
        table.add_row(
            key.id,
            key.prefix,
            key.name,
            " ".join(sorted(key.scopes)),
            key.state,
            minute,
            str(limits.streams or "-"),
            _day(key.created_at),
            "never" if key.expires_at is None else _day(key.expires_at),
        )
    screen().print(table)


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
