"""`veena3 credits`: balances of keys, in seconds of speech."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from api.cli.database import run_with_database
from api.cli.records import records_here
from services.accounts.credits.ledger import Ledger
from services.accounts.database import Database
from services.accounts.keys.store import KeyStore
from services.accounts.records.archive import Filter
from services.accounts.records.record import Outcome
from services.accounts.settlement import charge_of

MAX_GRANT_S = 1e9
"""Most seconds of one grant: 31 years of speech. Balances are integers of 64 bits, in milliseconds."""

Key = Annotated[str, typer.Argument(help="id of the key")]

app = typer.Typer(
    no_args_is_help=True,
    help="Grant, show and replay seconds of speech that keys may spend when CREDITS is on.",
)


@app.command("grant")
def grant(
    key: Key,
    seconds: Annotated[float, typer.Argument(min=0.001, max=MAX_GRANT_S, help="seconds of speech to add")],
    reference: Annotated[
        str | None, typer.Option(help="such as an invoice number; a second grant with the same reference has no effect")
    ] = None,
) -> None:
    """Add to a key's balance and print the balance."""
    grant_id = f"grant-{reference or uuid.uuid4().hex}"
    _print_balance(key, lambda ledger: ledger.grant(grant_id, key, amount_ms=round(seconds * 1000)))


@app.command("balance")
def balance(key: Key) -> None:
    """Print a key's balance."""
    _print_balance(key, lambda ledger: ledger.balance_ms(key))


@app.command("replay")
def replay(
    since: Annotated[str, typer.Argument(help="first day or time, ISO 8601, UTC: that of the backup")],
) -> None:
    """Charge again what the records say, after the ledger was restored from a backup. Charges that it has stay."""
    wanted = Filter(since=since)
    charges = [charge_of(record) for record in records_here(wanted) if record.outcome is not Outcome.RUNNING]

    async def settle(database: Database) -> None:
        known = {key.id for key in await KeyStore(database).all()}
        for charge in charges:
            if charge.key_id in known:
                await Ledger(database).settle(charge)

    run_with_database(settle)
    typer.echo(f"replayed {len(charges)} records")


def _print_balance(key: str, work: Callable[[Ledger], Awaitable[int]]) -> None:
    async def balance_ms(database: Database) -> int:
        await KeyStore(database).get(key)  # raises where there is no such key
        return await work(Ledger(database))

    typer.echo(f"{run_with_database(balance_ms) / 1000:.3f} s")
