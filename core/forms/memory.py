"""Choices of earlier trials on this machine, kept in a file of the state directory.

The file only saves time: where it cannot be read or written, the trial runs at every start.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import nn

from shared.cpu import cpu_name, usable_cores
from shared.errors import StartupError
from shared.state_directory import state_directory
from shared.version import APP_VERSION

FILE = "forms.json"
MOST_CHOICES = 64
"""Choices that the file holds; the oldest are dropped. Chosen: a few hundred bytes each."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A resolved mode, its threads, and one line that says why."""

    mode: str
    threads: int
    reason: str


def key_of(model: nn.Module, device: torch.device, *asked: object) -> str:
    """Return a key that changes with machine, versions, weights and what was asked.

    Of the weights it reads the first values of each tensor: a sum over a published decoder would take longer than a
    trial.
    """
    digest = hashlib.sha256()
    place = torch.cuda.get_device_name(device) if device.type == "cuda" else cpu_name()
    digest.update(repr((place, usable_cores(), torch.__version__, APP_VERSION, asked)).encode())
    for name, tensor in model.state_dict().items():
        values = tensor.detach().flatten()[:16].double().cpu().tolist()
        digest.update(repr((name, tuple(tensor.shape), values)).encode())
    return digest.hexdigest()


def recall(key: str) -> Choice | None:
    """Return the choice of an earlier start; None where there is none."""
    try:
        mode, threads, reason = (_read()[key][name] for name in ("mode", "threads", "reason"))
    except (KeyError, TypeError, StartupError):
        return None
    return Choice(str(mode), int(threads), str(reason))


def remember(key: str, choice: Choice) -> None:
    """Write the choice, for later starts."""
    try:
        path = _path()
        kept = [(other, value) for other, value in _read().items() if other != key][1 - MOST_CHOICES :]
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps({**dict(kept), key: asdict(choice)}, indent=1) + "\n", encoding="utf-8")
        fresh.replace(path)
    except (OSError, StartupError):
        return  # a read-only or absent home: the next start measures again


def _path() -> Path:
    return state_directory() / FILE


def _read() -> dict[str, dict[str, str | int]]:
    try:
        found = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
