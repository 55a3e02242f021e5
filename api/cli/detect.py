"""`veena3 detect`: find the mark of synthetic speech in a file."""

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.client.printing import printable_json
from audio.mark.process import find_mark
from shared.config import Settings, read_settings
from shared.errors import CommandFailed, RecordingUnusable

MAX_S = 3600.0
"""Longest recording in seconds. Chosen: it is held in memory."""


def detect(
    file: Annotated[Path, typer.Argument(help="recording in any format that FFmpeg reads, of an hour at most")],
    as_json: Annotated[bool, typer.Option("--json", help="print the whole report as JSON")] = False,
) -> None:
    """Find the mark of synthetic speech in a recording, by MARK_SECRET; exit status 1 if it has none."""
    secret = read_settings(Settings).mark_secret
    if secret is None:
        raise CommandFailed("MARK_SECRET is not set: only the secret of the mark finds it")
    try:
        report = find_mark(file.read_bytes(), secret=secret.get_secret_value(), max_s=MAX_S)
    except OSError as error:
        raise CommandFailed(f"{file}: {error.strerror}") from None
    except RecordingUnusable as error:
        raise CommandFailed(f"{file}: {error.message.removeprefix('audio: ')}") from None
    typer.echo(printable_json(report) if as_json else _in_words(report))
    if not report["marked"]:
        raise typer.Exit(1)


def _in_words(report: dict[str, Any]) -> str:
    windows = report["windows"]
    marked = [window for window in windows if window["marked"]]
    if not marked:
        return f"no mark of this secret in {report['seconds']:.1f} s"
    best = max(marked, key=lambda window: float(window["score"]))
    return (
        f"marked, id {report['id']}: {len(marked)} of {len(windows)} windows, "
        f"a chance of less than {report['false_alarm']:.0e} without the mark, speed {best['speed']:g}"
    )
