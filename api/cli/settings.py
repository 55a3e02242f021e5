"""`veena3 settings`: the environment variables that the service reads."""

import typer

from shared.config import Settings
from shared.store_settings import StoreSettings


def settings() -> None:
    """Print the table of settings, in Markdown."""
    typer.echo(settings_table())


def settings_table() -> str:
    """Return a table with name, default and meaning of each setting, those of the stores last."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    fields = Settings.model_fields
    for name in sorted(fields, key=lambda name: name in StoreSettings.model_fields):
        field = fields[name]
        rows.append(f"| `{name.upper()}` | `{field.default}` | {field.description} |")
    return "\n".join(rows)
