"""Comparison of this implementation with golden arrays of the published one, for any directory of that form."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from core.superres.checkpoint import WEIGHTS_PATTERN
from shared.errors import CheckpointInvalid
from tools.vectors.bicodec import CONFIG, PACKED, WEIGHTS, check_bicodec
from tools.vectors.features import check_features
from tools.vectors.frontend import check_frontend
from tools.vectors.superres import check_superres
from tools.vectors.verdict import ArrayCheck

Check = Callable[[Path, str], Iterator[ArrayCheck]]


def check_vectors(directory: Path) -> list[ArrayCheck]:
    """Return at least one check for every array of every npz file in `directory` and below.

    Each folder is one of: BiCodec (`config.yaml`), AP-BWE (`config.json` and `g_*`), wav2vec 2.0 (by its
    `config.json`), or front end (npz files alone). Absent files are not checked; an array with an unknown name fails.
    Raises CheckpointInvalid, in one line, for a folder that is unreadable or has no arrays.
    """
    if not directory.is_dir():
        raise CheckpointInvalid(f"{directory}: not a directory")
    checks: list[ArrayCheck] = []
    for folder in sorted({path.parent for path in directory.rglob("*.npz")}):
        inside = folder.relative_to(directory).as_posix()
        checks.extend(_kind(folder)(folder, "" if inside == "." else f"{inside}/"))
    if not checks:
        raise CheckpointInvalid(f"{directory}: holds no npz file with golden arrays")
    return checks


def _kind(folder: Path) -> Check:
    names = {path.name for path in folder.iterdir()}
    if _is_wav2vec2(folder / "config.json"):
        return check_features
    if names & {CONFIG, WEIGHTS, PACKED}:
        return check_bicodec
    if "config.json" in names or any(folder.glob(WEIGHTS_PATTERN)):
        return check_superres
    return check_frontend


def _is_wav2vec2(config: Path) -> bool:
    """Report whether a Hugging Face config is of wav2vec 2.0; an unreadable one is reported later by its reader."""
    try:
        content = json.loads(config.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("model_type") == "wav2vec2"
