"""`veena3`: the commands of the project, imported when they are run."""

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from api.cli.screen import line_console
from shared.config import prepare_process
from shared.errors import CommandFailed, StartupError

COMMANDS = {
    "serve": "serve:serve",
    "say": "say:say",
    "voices": "voices:voices",
    "bench": "bench:bench",
    "plan": "plan:plan",
    "smoke": "smoke:smoke",
    "doctor": "doctor:doctor",
    "memory": "memory:memory",
    "migrate": "migrate:migrate",
    "keys": "keys:app",
    "settings": "settings:settings",
    "normalize": "text:normalize",
    "chunks": "text:chunks",
    "download": "download:download_command",
    "verify": "download:verify_command",
    "make-checkpoint": "checkpoint:make_checkpoint",
    "records": "records:app",
    "credits": "credits:app",
    "check-vectors": "vectors:check_vectors_command",
}
"""Module and function of each command below `api.cli`, or the Typer of its subcommands."""

prepare_process()  # before any command imports torch or vllm


class Commands(TyperGroup):
    """Group that imports a command's module when the command is run: clients do not wait for torch.

    `Any` stands for types that typer's copy of click keeps private.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        found = getattr(import_module(f"api.cli.{module}"), name)
        if isinstance(found, typer.Typer):
            return typer.main.get_group(found)
        alone = typer.Typer(add_completion=False)
        alone.command(cmd_name)(found)
        return typer.main.get_command(alone)


app = typer.Typer(name="veena3", cls=Commands, no_args_is_help=True, add_completion=False)


@app.callback()
def veena3() -> None:
    """Streaming text-to-speech: server, client and tools."""


def main() -> None:
    """Run a command. An error that a user can correct is printed in one line, with exit status 1."""
    try:
        app()
    except (StartupError, CommandFailed) as error:
        line_console(stderr=True).print(f"veena3: {error}")
        sys.exit(1)
