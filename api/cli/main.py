"""`veena3`: the commands of the project, imported when they are run."""

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from api.cli.commands import COMMANDS
from api.cli.screen import line_console
from shared.errors import CommandFailed, StartupError
from shared.version import APP_VERSION


class Commands(TyperGroup):
    """Group that imports a command's module when the command is run: neither clients nor the list wait for torch.

    `Any` stands for types that typer's copy of click keeps private.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return an entry for the list of commands, without its options."""
        entry = COMMANDS.get(cmd_name)
        return entry and TyperCommand(cmd_name, help=entry.summary)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, found, rest = super().resolve_command(ctx, args)
        return name, found and load_command(str(name)), rest


def load_command(name: str) -> Any:
    """Import the command of this name, with its options."""
    from shared.process import prepare_process  # the list of commands does without the settings' libraries

    prepare_process()  # before any command imports torch or vllm
    entry = COMMANDS[name]
    module, function = entry.place.split(":")
    if entry.extra and find_spec(entry.extra) is None:  # an extra of one package has that package's name
        raise CommandFailed(f"{name} needs the package {entry.extra}: pip install 'veena3-tts[{entry.extra}]'")
    found = getattr(import_module(f"api.cli.{module}"), function)
    if isinstance(found, typer.Typer):
        return typer.main.get_group(found)
    alone = typer.Typer(add_completion=False)
    alone.command(name)(found)
    return typer.main.get_command(alone)


app = typer.Typer(name="veena3", cls=Commands, no_args_is_help=True, add_completion=False)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"veena3 {APP_VERSION}")
        raise typer.Exit


@app.callback()
def veena3(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Streaming text-to-speech: server, client and tools."""


def main() -> None:
    """Run a command. An error that a user can correct is printed in one line, with exit status 1."""
    try:
        app()
    except (StartupError, CommandFailed) as error:
        line_console(stderr=True).print(f"veena3: {error}")
        sys.exit(1)
