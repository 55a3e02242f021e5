"""`veena3 download` and `veena3 verify`: fetch weights from a model hub, and check them against their manifest."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.progress import show_progress
from api.cli.screen import line_console
from core.checkpoint.manifest import NAME, verify_manifest
from services.hub import Hub
from services.weights import LAYOUTS, download
from shared.config import PUBLIC_HUB
from shared.errors import StartupError


def download_command(
    repo: Annotated[str, typer.Argument(help="repository, as `owner/name`")],
    directory: Annotated[Path, typer.Argument(help="target directory; correct files in it are kept")],
    layout: Annotated[Literal["spark-tts", "ap-bwe"], typer.Option(help="model in the repository")] = "spark-tts",
    revision: Annotated[str, typer.Option(help="commit, tag or branch; pin a commit for a deployment")] = "main",
    voices: Annotated[Path | None, typer.Option(help="voices.yaml for a repository without one")] = None,
    bfloat16: Annotated[
        bool,
        typer.Option("--bfloat16", help="store the language model in bfloat16, half as large: what a GPU computes in"),
    ] = False,
    endpoint: Annotated[str, typer.Option(envvar="HF_ENDPOINT", help="URL of the hub")] = PUBLIC_HUB,
    token: Annotated[str | None, typer.Option(envvar="HF_TOKEN", help="for repositories that require a token")] = None,
) -> None:
    """Fetch the files that inference needs, check them, and write their manifest. If interrupted, run it again."""
    console = line_console()
    if voices is not None and not voices.is_file():
        raise StartupError(f"{voices}: no such file")
    with show_progress() as progress, progress.step(repo, unit="MB"):
        manifest = download(
            repo,
            directory,
            LAYOUTS[layout],
            revision=revision,
            hub=Hub(endpoint, token),
            voices=voices,
            bfloat16=bfloat16,
            report=progress.bars.console.print,
            arrived=lambda size: progress.advance(size / 1e6),
        )
    console.print(f"{len(manifest.files)} files, {manifest.size / 1e6:.0f} MB, revision {manifest.revision}")


def verify_command(
    directory: Annotated[Path, typer.Argument(help="directory that `veena3 download` filled")],
    revision: Annotated[str | None, typer.Option(help="commit that the directory must hold")] = None,
) -> None:
    """Read every file again and compare it with the manifest."""
    with show_progress() as progress, progress.step(f"reading {directory}"):
        manifest = verify_manifest(directory, revision=revision)
    if manifest is None:
        raise StartupError(f"{directory / NAME}: missing: the download was not started or not completed")
    rounded = "".join(f"; {file.path} in bfloat16" for file in manifest.files if file.rounded_from)
    line_console().print(f"{len(manifest.files)} files match the manifest, revision {manifest.revision}{rounded}")
