"""Load an AP-BWE checkpoint directory: `config.json` and one `g_*` file. Any difference from the config is an error."""

import pickle
from pathlib import Path

import torch
from torch import Tensor

from core.superres.config import SuperResConfig
from core.superres.generator import Generator
from core.superres.model import SuperResolver
from core.unfilled import unfilled
from shared.errors import CheckpointInvalid

CONFIG_FILE = "config.json"
WEIGHTS_PATTERN = "g_*"


def load_super_resolver(directory: Path) -> SuperResolver[Generator]:
    """Load the model on the CPU in float32. Raises CheckpointInvalid: one line with the file and the tensor."""
    config = SuperResConfig.read(directory / CONFIG_FILE)
    path = weights_file(directory)
    tensors = _read_tensors(path)
    with unfilled():
        generator = Generator(config)
    _match(tensors, generator.state_dict(), path)
    generator.load_state_dict({name: tensor.float() for name, tensor in tensors.items()}, assign=True)
    return SuperResolver(config, generator.requires_grad_(False).eval())


def weights_file(directory: Path) -> Path:
    """Return the file of weights in an AP-BWE directory. Raises CheckpointInvalid if there is none, or several."""
    found = sorted(path for path in directory.glob(WEIGHTS_PATTERN) if path.is_file())
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise CheckpointInvalid(f"{directory}: needs exactly one {WEIGHTS_PATTERN} file, found {names}")
    return found[0]


def _read_tensors(path: Path) -> dict[str, Tensor]:
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, LookupError, AttributeError, pickle.UnpicklingError) as error:
        reason = str(error).partition("\n")[0]
        raise CheckpointInvalid(f"{path}: not a readable checkpoint: {reason}") from error
    tensors = content.get("generator") if isinstance(content, dict) else None
    if not isinstance(tensors, dict):
        raise CheckpointInvalid(f"{path}: no state dict under the key 'generator'")
    for name, tensor in tensors.items():
        if not isinstance(tensor, Tensor) or not tensor.is_floating_point():
            raise CheckpointInvalid(f"{path}: {name} is not a tensor of floats")
    return tensors


def _match(tensors: dict[str, Tensor], expected: dict[str, Tensor], path: Path) -> None:
    for name in expected:
        if name not in tensors:
            raise CheckpointInvalid(f"{path}: tensor {name} is missing")
    for name, tensor in tensors.items():
        if name not in expected:
            raise CheckpointInvalid(f"{path}: tensor {name} is unknown")
        if tensor.shape != expected[name].shape:
            raise CheckpointInvalid(
                f"{path}: tensor {name} has shape {list(tensor.shape)}, not {list(expected[name].shape)}"
            )
