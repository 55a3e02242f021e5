"""`veena3 settings`: the environment variables that the service reads."""

import os

import typer

from shared.config import PROJECT, Settings
from shared.state_directory import state_directory
from shared.store_settings import StoreSettings


def settings() -> None:
    """Print the table of settings, in Markdown."""
    typer.echo(settings_table())


def settings_table() -> str:
    """Return a table with name, default and meaning of each setting, those of the stores last."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    fields = Settings.model_fields
    for name in sorted(fields, key=lambda name: name in StoreSettings.model_fields):
        default = _shown(fields[name].get_default(call_default_factory=True, validated_data={}))
        rows.append(f"| `{name.upper()}` | `{default}` | {fields[name].description} |")
    return "\n".join(rows)


def _shown(default: object) -> str:
    """Return a default in the form that is the same on every machine."""
    return str(default).replace(str(state_directory()), "$VEENA3_HOME").replace(f"{PROJECT}{os.sep}", "")
