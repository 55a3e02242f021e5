"""`veena3`: every command of the project, by name."""

import sys

import typer
from rich.console import Console

from shared.config import prepare_process

prepare_process()  # before any command imports torch or vllm

from api.cli import checkpoint, doctor, download, memory, records, say, serve, settings, text, vectors, voices  # noqa: E402
from shared.errors import CommandFailed, StartupError  # noqa: E402

app = typer.Typer(name="veena3", no_args_is_help=True, add_completion=False, help="Text in, natural speech out.")
app.command("serve")(serve.serve)
app.command("say")(say.say)
app.command("voices")(voices.voices)
app.command("doctor")(doctor.doctor)
app.command("memory")(memory.memory)
app.command("settings")(settings.settings)
app.command("normalize")(text.normalize)
app.command("chunks")(text.chunks)
app.command("download")(download.download_command)
app.command("verify")(download.verify_command)
app.command("make-checkpoint")(checkpoint.make_checkpoint)
app.add_typer(records.app, name="records")
app.command("check-vectors")(vectors.check_vectors_command)


def main() -> None:
    """Run a command; what a user can mend is said in one line, with exit status 1."""
    try:
        app()
    except (StartupError, CommandFailed) as error:
        Console(stderr=True, soft_wrap=True, highlight=False).print(f"veena3: {error}", markup=False)
        sys.exit(1)
