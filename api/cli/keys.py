"""`veena3 keys`: API keys, in the database that DATABASE_URL names."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer
from pydantic import Field, TypeAdapter, ValidationError
from rich.table import Table

from api.cli.database import run_with_database
from api.cli.screen import table_console
from api.strings import Name
from services.accounts.caller import Limits, Scope
from services.accounts.keys.store import Key, KeyStore

DAY_S = 86_400

app = typer.Typer(name="keys", no_args_is_help=True, help="Create, list, rotate and revoke API keys.")
T = TypeVar("T")
_Id = Annotated[str, typer.Argument(metavar="ID", help="id of the key, as `keys list` prints it")]
_PerMinute = Annotated[int | None, typer.Option(min=1, max=1_000_000, help="default: the service's limit")]
_Characters = Annotated[int | None, typer.Option(min=1, max=1_000_000_000, help="default: the service's limit")]
_Streams = Annotated[int | None, typer.Option(min=1, max=1_000_000, help="default: the service's limit")]
# the ranges are those of POST /v1/keys, whose answers list these keys too
_KEY_NAME: TypeAdapter[str] = TypeAdapter(Annotated[Name, Field(min_length=1, max_length=100)])


def _check_name(name: str) -> str:
    try:
        return _KEY_NAME.validate_python(name)
    except ValidationError as error:
        raise typer.BadParameter(error.errors()[0]["msg"]) from None


@app.command()
def create(
    name: Annotated[str, typer.Argument(callback=_check_name, help="name of the owner, for display")],
    scope: Annotated[list[Scope] | None, typer.Option(help="one or more; `generate` if none is given")] = None,
    expires_days: Annotated[
        float | None,
        typer.Option(min=0, max=36_500, help="days until the key expires; default: never"),
    ] = None,
    requests_per_minute: _PerMinute = None,
    characters_per_minute: _Characters = None,
    streams: _Streams = None,
) -> None:
    """Create a key and print it. It cannot be shown again."""
    scopes = frozenset(scope or [Scope.GENERATE])
    limits = Limits(requests_per_minute, characters_per_minute, streams)
    expires_at = None if expires_days is None else time.time() + expires_days * DAY_S
    key, secret = _with_store(lambda store: store.create(name, scopes=scopes, limits=limits, expires_at=expires_at))
    typer.echo(secret)
    typer.echo(f"{key.id}: {', '.join(sorted(key.scopes))}. The key above cannot be shown again.", err=True)


@app.command("list")
def list_() -> None:
    """Print all keys, revoked ones included, the oldest first."""
    _print(_with_store(lambda store: store.all()))


@app.command()
def show(key_id: _Id) -> None:
    """Print one key."""
    _print([_with_store(lambda store: store.get(key_id))])


@app.command()
def rotate(
    key_id: _Id,
    overlap_hours: Annotated[
        float, typer.Option(min=0, max=8_760, help="hours for which the present secret still works")
    ] = 24.0,
) -> None:
    """Give a key a new secret and print it. Id, limits, credits and records stay."""
    key, secret = _with_store(lambda store: store.rotate(key_id, overlap_s=overlap_hours * 3600))
    typer.echo(secret)
    typer.echo(
        f"{key.id}: the secret before works for {overlap_hours:g} h. The key above cannot be shown again.", err=True
    )


@app.command()
def revoke(key_id: _Id) -> None:
    """Revoke a key permanently. Running services refuse it within KEY_CACHE_TTL_S."""
    _print([_with_store(lambda store: store.revoke(key_id))])


def _with_store(work: Callable[[KeyStore], Awaitable[T]]) -> T:
    return run_with_database(lambda database: work(KeyStore(database)))


def _print(keys: list[Key]) -> None:
    table = Table("id", "prefix", "name", "scopes", "state", "per minute", "streams", "created", "expires")
    for key in keys:
        limits = key.limits
        per_minute = f"{limits.requests_per_minute or '-'} requests, {limits.characters_per_minute or '-'} characters"
        table.add_row(
            key.id,
            key.prefix,
            key.name,
            " ".join(sorted(key.scopes)),
            key.state,
            per_minute,
            str(limits.streams or "-"),
            _day(key.created_at),
            "never" if key.expires_at is None else _day(key.expires_at),
        )
    table_console().print(table)


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
