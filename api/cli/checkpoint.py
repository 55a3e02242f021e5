"""`veena3 make-checkpoint`: a complete checkpoint directory with random weights, for tests and benchmarks."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.progress import show_progress
from api.cli.screen import line_console
from shared.errors import StartupError
from tools.checkpoints.builder import build_checkpoint
from tools.checkpoints.dimensions import Size


def make_checkpoint(
    directory: Annotated[Path, typer.Argument(help="directory to write; must be empty or not exist")],
    size: Annotated[Size, typer.Option(help="tiny, small, or full: the published dimensions")] = "tiny",
    seed: Annotated[int, typer.Option(help="seed of the weights: the same seed gives the same bytes")] = 0,
) -> None:
    """Write a checkpoint in the Spark-TTS layout. It produces noise, as fast as a trained one of its size."""
    if directory.is_dir() and any(directory.iterdir()):
        raise StartupError(f"{directory}: not empty")
    with show_progress() as progress, progress.step(f"{size} checkpoint"):
        build_checkpoint(directory, size, seed=seed)
    line_console().print(f"{size} checkpoint in {directory}")
