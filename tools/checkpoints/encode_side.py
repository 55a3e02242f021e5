"""Random weights of the encode side, sound to tokens, for a checkpoint that was built without it."""

import math
import zlib
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from core.bicodec.config import read_config
from core.bicodec.layout import encode_layout


def write_encode_side(codec: Path) -> None:
    """Add the encode side to the weights of a `BiCodec/` directory: the same values for the same dimensions."""
    path = codec / "model.safetensors"
    tensors = load_file(path)
    layout = encode_layout(read_config(codec / "config.yaml"))
    save_file(tensors | {name: _tensor(name, shape) for name, shape in layout.items()}, path)


def _tensor(name: str, shape: tuple[int, ...]) -> Tensor:
    if name.endswith("num_batches_tracked"):
        return torch.tensor(1)
    if name.endswith(("bias", "running_mean")):
        return torch.zeros(shape)
    if len(shape) <= 1:
        return torch.ones(shape)
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    return torch.randn(shape, generator=generator) / math.sqrt(math.prod(shape[1:]))
