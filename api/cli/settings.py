"""`veena3 settings`: the environment variables that the service reads."""

import os

import typer

from shared.config import PROJECT, Settings, state_directory


def settings() -> None:
    """Print the table of settings, in Markdown."""
    typer.echo(settings_table())


def settings_table() -> str:
    """Return a table with name, default and meaning of each setting."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = _shown(field.get_default(call_default_factory=True, validated_data={}))
        rows.append(f"| `{name.upper()}` | `{default}` | {field.description} |")
    return "\n".join(rows)


def _shown(default: object) -> str:
    """Return a default in the form that is the same on every machine."""
    return str(default).replace(str(state_directory()), "$VEENA3_HOME").replace(f"{PROJECT}{os.sep}", "")
