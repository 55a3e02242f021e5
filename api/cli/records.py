"""`veena3 records`: records of requests, from the file that the service writes on this machine."""

import csv
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from api.cli.screen import table_console
from api.cli.stdio import output_errors
from services.accounts.records.archive import Filter, read_archive
from services.accounts.records.record import COLUMNS, Outcome, RequestRecord
from shared.config import Settings, read_settings

RequestId = Annotated[str | None, typer.Option(help="request id, as in X-Request-ID")]
Key = Annotated[str | None, typer.Option(help="id of a key")]
Speaker = Annotated[str | None, typer.Option(help="id of a voice")]
Ended = Annotated[Outcome | None, typer.Option(help="outcome of the request")]
Since = Annotated[str | None, typer.Option(help="first day or time, ISO 8601, UTC")]
Until = Annotated[str | None, typer.Option(help="day or time after the last one")]

MAX_LISTED = 100_000
"""Most records of one table, which is built in memory; an export has no limit."""

app = typer.Typer(no_args_is_help=True, help="Records of requests; with Supabase, only those not delivered yet.")


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
    for record in read_archive(read_settings(Settings).records_path, wanted, newest=newest):
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
    records = read_archive(read_settings(Settings).records_path, wanted)
    with output_errors():
        _export(records, format)


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
