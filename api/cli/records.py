"""`veena3 records`: records of requests, from the file that the service writes on this machine, or from PostgreSQL."""

import asyncio
import csv
import json
import sys
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from api.cli.database import run_with_database
from api.cli.screen import table_console
from api.cli.stdio import output_errors
from services.accounts.database import Database
from services.accounts.records.archive import Filter, read_archive
from services.accounts.records.database_store import read_database
from services.accounts.records.erasure import erase_from_database, erase_from_file
from services.accounts.records.record import COLUMNS, Outcome, RequestRecord
from shared.config import Settings, read_settings
from shared.errors import StartupError
from shared.store_settings import RecordStoreKind

RequestId = Annotated[str | None, typer.Option(help="request id, as in X-Request-ID")]
Key = Annotated[str | None, typer.Option(help="id of a key")]
Speaker = Annotated[str | None, typer.Option(help="id of a voice")]
Ended = Annotated[Outcome | None, typer.Option(help="outcome of the request")]
Since = Annotated[str | None, typer.Option(help="first day or time, ISO 8601, UTC")]
Until = Annotated[str | None, typer.Option(help="day or time after the last one")]

MAX_LISTED = 100_000
"""Most records of one table, which is built in memory; an export has no limit."""

app = typer.Typer(
    no_args_is_help=True,
    help="List, export and erase records of requests. With Supabase, lists have only those not delivered yet.",
)


class ExportFormat(StrEnum):
    """Formats of exported records."""

    JSONL = "jsonl"
    CSV = "csv"


@app.command("list")
def list_records(
    request_id: RequestId = None,
    key: Key = None,
    speaker: Speaker = None,
    outcome: Ended = None,
    since: Since = None,
    until: Until = None,
    newest: Annotated[int, typer.Option(min=1, max=MAX_LISTED, help="largest number of records")] = 20,
) -> None:
    """Print the newest records, without their texts."""
    wanted = Filter(request_id=request_id, key_id=key, speaker=speaker, outcome=outcome, since=since, until=until)
    table = Table("arrived (UTC)", "request", "key", "speaker", "characters", "audio s", "first ms", "outcome")
    for record in records_here(wanted, newest=newest):
        table.add_row(
            record.arrived_at[:19],
            record.request_id,
            record.key_id,
            record.speaker,
            str(record.characters),
            f"{record.audio_s:.2f}",
            "" if record.ttfb_s is None else f"{record.ttfb_s * 1000:.0f}",
            record.error_code or record.outcome,
        )
    with output_errors():
        table_console().print(table)


@app.command("export")
def export_records(
    request_id: RequestId = None,
    key: Key = None,
    speaker: Speaker = None,
    outcome: Ended = None,
    since: Since = None,
    until: Until = None,
    format: Annotated[ExportFormat, typer.Option(help="JSON lines or CSV")] = ExportFormat.JSONL,
) -> None:
    """Write records with all columns to standard output, the oldest first."""
    wanted = Filter(request_id=request_id, key_id=key, speaker=speaker, outcome=outcome, since=since, until=until)
    records = records_here(wanted)
    with output_errors():
        _export(records, format)


@app.command("erase")
def erase_records(
    key: Key = None,
    request: Annotated[str | None, typer.Option(help="request id, as in X-Request-ID")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Erase the records of a key or a request for good, here and in Supabase.

    A record that is not charged yet stays, without its text, until it is.
    """
    if (key is None) == (request is None):
        raise typer.BadParameter("give either --key or --request")
    if not yes:
        typer.confirm(f"erase every record of {key or request}?", abort=True)
    settings, wanted = read_settings(Settings), Filter(key_id=key, request_id=request)
    if settings.records_store is RecordStoreKind.DATABASE:
        erased = run_with_database(lambda database: erase_from_database(database, wanted))
    else:
        erased = erase_from_file(settings.records_path, wanted)
    typer.echo(f"erased {erased.deleted} records; {erased.stripped} stay without their text until they are charged")
    if settings.supabase_url:
        _erase_from_supabase(settings, wanted)
        typer.echo("erased what Supabase had")


def _erase_from_supabase(settings: Settings, wanted: Filter) -> None:
    from services.accounts.records.delivery import DestinationUnavailable
    from services.accounts.records.journal import open_destination  # takes more than a second

    async def erase() -> None:
        async with AsyncExitStack() as stack:
            supabase = await open_destination(settings, stack)
            assert supabase
            await supabase.erase(key_id=wanted.key_id, request_id=wanted.request_id)

    try:
        asyncio.run(erase())
    except DestinationUnavailable as fault:
        raise StartupError(f"Supabase is away ({fault}); what is here is erased, run the command again") from None


def records_here(wanted: Filter, *, newest: int | None = None) -> Iterable[RequestRecord]:
    """Read records from the store that the settings name. Raises StartupError."""
    settings = read_settings(Settings)
    if settings.records_store is RecordStoreKind.FILE:
        return read_archive(settings.records_path, wanted, newest=newest)

    async def read(database: Database) -> list[RequestRecord]:
        return [record async for record in read_database(database, wanted, newest=newest)]

    return run_with_database(read)


def _export(records: Iterable[RequestRecord], format: ExportFormat) -> None:
    if format is ExportFormat.JSONL:
        for record in records:
            typer.echo(json.dumps(asdict(record), ensure_ascii=False))
        return
    rows = csv.DictWriter(sys.stdout, COLUMNS)
    rows.writeheader()
    for record in records:
        lexicon = None if record.lexicon is None else json.dumps(record.lexicon, ensure_ascii=False)
        row = asdict(record) | {"lexicon": lexicon}
        rows.writerow({name: _as_text(value) for name, value in row.items()})


def _as_text(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: text that begins like one gets an apostrophe (OWASP)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
