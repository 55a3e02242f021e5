"""`veena3 check-vectors`: does this machine compute what the published models compute?"""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.cli.screen import table_console


def check_vectors_command(
    directory: Annotated[
        Path, typer.Argument(help="golden vectors of BiCodec, AP-BWE or the front end, or a tree of such")
    ],
) -> None:
    """Print the largest error of each array against its tolerance; exit status 1 where one is beyond it."""
    from tools.vectors.check import check_vectors  # brings torch and transformers along

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
