"""Read a `BiCodec/` directory. All keys and shapes are checked before the first tensor is read.

Any difference from the published layout is an error that names the file and the key, because a decoder with a missing
or misread tensor still produces sound, but the wrong one. Weight norm is folded into the weights while they are read.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from core.bicodec.config import BiCodecConfig, read_config
from core.bicodec.layout import BiCodecLayout, decode_layout, encode_layout, mel_layout, speaker_layout
from core.bicodec.model import BiCodec
from core.documents import check_file
from core.unfilled import unfilled
from shared.errors import CheckpointInvalid

_FLOATS = frozenset({"F16", "BF16", "F32", "F64"})
_COUNTER = "num_batches_tracked"


@dataclass(frozen=True, slots=True)
class BiCodecCheckpoint:
    """A directory with a valid layout.

    `can_encode`: it has the encode side, at least of the speaker. `reads_speech`: it has that of what is said as well.
    """

    config: BiCodecConfig
    weights: Path
    can_encode: bool
    reads_speech: bool = False

    def fill(self, module: nn.Module, *, prefix: str = "") -> None:
        """Load every parameter and buffer of `module` from the key `prefix` + its name, in float32.

        The module may be on the meta device. Raises CheckpointInvalid if the file cannot be read.
        """
        with _open(self.weights) as file:
            stored = frozenset(file.keys())
            tensors = {name: _tensor(file, prefix + name, stored) for name in module.state_dict()}
        module.load_state_dict(tensors, assign=True)

    def tensors(self, names: Iterable[str]) -> dict[str, Tensor]:
        """Read tensors that every checkpoint stores as they are, in float32. Raises CheckpointInvalid."""
        with _open(self.weights) as file:
            return {name: _tensor(file, name, frozenset((name,))) for name in names}


def open_bicodec(directory: Path) -> BiCodecCheckpoint:
    """Read `config.yaml` and the header of `model.safetensors`. Raises CheckpointInvalid, naming file and key."""
    config = read_config(directory / "config.yaml")
    path = directory / "model.safetensors"
    with _open(path) as file:
        stored = {key: file.get_slice(key) for key in file.keys()}  # noqa: SIM118 - the file is not a mapping
    found = {key: tuple(item.get_shape()) for key, item in stored.items()}
    expected = decode_layout(config)
    speaker, encode = speaker_layout(config), encode_layout(config)
    reads_speech = not (encode.keys() - speaker.keys()).isdisjoint(found)
    can_encode = reads_speech or not speaker.keys().isdisjoint(found)
    if can_encode:
        expected |= encode if reads_speech else speaker
    _check(path, found, expected, optional=mel_layout(config))
    for key, item in stored.items():
        if key.endswith(_COUNTER) == (item.get_dtype() in _FLOATS):
            raise CheckpointInvalid(f"{path}: {key} has dtype {item.get_dtype()}")
    return BiCodecCheckpoint(config, path, can_encode, reads_speech)


def load_bicodec(checkpoint: BiCodecCheckpoint) -> BiCodec:
    """Load the decode side on the CPU, ready for inference. Raises CheckpointInvalid."""
    with unfilled():
        model = BiCodec(checkpoint.config)
    checkpoint.fill(model)
    return model.eval().requires_grad_(False)


def _check(path: Path, found: BiCodecLayout, expected: BiCodecLayout, *, optional: BiCodecLayout) -> None:
    for key, shape in expected.items():
        if key not in found:
            raise CheckpointInvalid(f"{path}: {key} {list(shape)} is missing")
    for key, shape in found.items():
        wanted = expected.get(key, optional.get(key))
        if wanted is None:
            raise CheckpointInvalid(f"{path}: unknown key {key} {list(shape)}")
        if shape != wanted:
            raise CheckpointInvalid(f"{path}: {key} has shape {list(shape)}, expected {list(wanted)}")


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    check_file(path)
    try:
        with safe_open(path, framework="pt") as file:
            yield file
    except (OSError, SafetensorError) as error:
        raise CheckpointInvalid(f"{path}: {error}") from None


def _tensor(file: Any, name: str, stored: frozenset[str]) -> Tensor:
    def read(key: str) -> Tensor:
        tensor: Tensor = file.get_tensor(key)
        return tensor.float() if tensor.is_floating_point() else tensor

    if name in stored:
        return read(name)
    gain, direction = read(f"{name}_g"), read(f"{name}_v")
    folded: Tensor = gain * direction / torch.linalg.vector_norm(direction, dim=(1, 2), keepdim=True)
    return folded
