"""`veena3 settings`: the environment variables that the service reads."""

import typer

from shared.config import Settings


def settings() -> None:
    """Print the table of settings, in Markdown."""
    typer.echo(settings_table())


def settings_table() -> str:
    """Return a table with name, default and meaning of each setting."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `{name.upper()}` | `{field.default}` | {field.description} |")
    return "\n".join(rows)
