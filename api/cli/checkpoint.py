"""`veena3 make-checkpoint`: a complete checkpoint directory with random weights, for tests, benchmarks and timings."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.screen import line_console
from shared.errors import StartupError
from tools.checkpoints.builder import build_checkpoint
from tools.checkpoints.dimensions import Size


def make_checkpoint(
    directory: Annotated[Path, typer.Argument(help="where to write it; must be empty or not exist")],
    size: Annotated[Size, typer.Option(help="tiny, small, or full: the published dimensions")] = "tiny",
    seed: Annotated[int, typer.Option(help="same seed, same bytes")] = 0,
) -> None:
    """Write a checkpoint in the Spark-TTS layout. It speaks noise, at the speed of a trained one of its size."""
    if directory.is_dir() and any(directory.iterdir()):
        raise StartupError(f"{directory}: not empty")
    build_checkpoint(directory, size, seed=seed)
    line_console().print(f"{size} checkpoint in {directory}")
