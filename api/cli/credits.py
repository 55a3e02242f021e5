"""`veena3 credits`: seconds of speech that keys may spend."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from api.cli.database import asked_of_database
from services.accounts.credits.ledger import Ledger
from services.accounts.database import Database
from services.accounts.keys.store import KeyStore

Key = Annotated[str, typer.Argument(help="a key's id")]

app = typer.Typer(no_args_is_help=True, help="Seconds of speech that keys may spend, where CREDITS is on.")


@app.command("grant")
def grant(
    key: Key,
    seconds: Annotated[float, typer.Argument(min=0.001, help="of speech")],
    reference: Annotated[
        str | None, typer.Option(help="an invoice, say; what is granted again by the same one counts once")
    ] = None,
) -> None:
    """Add to a key's balance, and print it."""
    grant_id = f"grant-{reference or uuid.uuid4().hex}"
    _print_balance(key, lambda ledger: ledger.grant(grant_id, key, amount_ms=round(seconds * 1000)))


@app.command("balance")
def balance(key: Key) -> None:
    """Print what a key has left."""
    _print_balance(key, lambda ledger: ledger.balance_ms(key))


def _print_balance(key: str, ask: Callable[[Ledger], Awaitable[int]]) -> None:
    async def asked(database: Database) -> int:
        await KeyStore(database).get(key)  # who grants to a key that is not there should know
        return await ask(Ledger(database))

    typer.echo(f"{asked_of_database(asked) / 1000:.3f} s")
