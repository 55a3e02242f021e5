"""`veena3 check-vectors`: comparison of this machine's results with golden vectors of the published models."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.cli.progress import show_progress
from api.cli.screen import table_console


def check_vectors_command(
    directory: Annotated[
        Path, typer.Argument(help="directory of golden vectors of BiCodec, AP-BWE or the front end, or a tree of them")
    ],
) -> None:
    """Print each array's largest error and its tolerance; exit status 1 if an error exceeds the tolerance."""
    from tools.vectors.check import check_vectors  # imports torch and transformers

    with show_progress() as progress, progress.step("checking"):
        checks = check_vectors(directory)
    console = table_console()
    table = Table("array", "largest error", "tolerance", "", "note", title=str(directory))
    for check in checks:
        table.add_row(
            check.name, f"{check.error:.3g}", f"{check.tolerance:.3g}", "ok" if check.ok else "BEYOND", check.note
        )
    console.print(table)
    wrong = sum(not check.ok for check in checks)
    console.print(f"{len(checks) - wrong} of {len(checks)} arrays within tolerance")
    if wrong or not checks:
        raise typer.Exit(1)
