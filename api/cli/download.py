"""`veena3 download` and `veena3 verify`: weights from a model hub into a directory, and whether they still match."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.screen import line_console
from core.checkpoint.manifest import NAME, verify_manifest
from services.weights import LAYOUTS, Hub, download
from shared.config import PUBLIC_HUB
from shared.errors import StartupError


def download_command(
    repo: Annotated[str, typer.Argument(help="the repository, as `owner/name`")],
    directory: Annotated[Path, typer.Argument(help="where to put it; what is there and right stays")],
    layout: Annotated[Literal["spark-tts", "ap-bwe"], typer.Option(help="what the repository holds")] = "spark-tts",
    revision: Annotated[str, typer.Option(help="commit, tag or branch; pin a commit for a deployment")] = "main",
    voices: Annotated[Path | None, typer.Option(help="a voices.yaml for a repository that has none")] = None,
    endpoint: Annotated[str, typer.Option(envvar="HF_ENDPOINT", help="the hub")] = PUBLIC_HUB,
    token: Annotated[str | None, typer.Option(envvar="HF_TOKEN", help="for repositories that ask for one")] = None,
) -> None:
    """Fetch the files that inference needs, check them, and write their manifest. Once interrupted, run it again."""
    console = line_console()
    if voices is not None and not voices.is_file():
        raise StartupError(f"{voices}: no such file")
    manifest = download(
        repo,
        directory,
        LAYOUTS[layout],
        revision=revision,
        hub=Hub(endpoint, token),
        voices=voices,
        report=console.print,
    )
    console.print(f"{len(manifest.files)} files, {manifest.size / 1e6:.0f} MB, revision {manifest.revision}")


def verify_command(
    directory: Annotated[Path, typer.Argument(help="a directory that `veena3 download` filled")],
    revision: Annotated[str | None, typer.Option(help="the commit that it must be")] = None,
) -> None:
    """Read every file again and compare it with the manifest."""
    manifest = verify_manifest(directory, revision=revision)
    if manifest is None:
        raise StartupError(f"{directory / NAME}: missing: not downloaded, or not to the end")
    line_console().print(f"{len(manifest.files)} files as they came, {manifest.revision}")
