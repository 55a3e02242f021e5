"""Read and check the header of a safetensors file, without a tensor library."""

from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError, safe_open

from core.documents import check_file
from shared.errors import CheckpointInvalid

Shape = tuple[int, ...]
FLOATS = ("F32", "BF16", "F16")


def read_shapes(path: Path) -> dict[str, Shape]:
    """Return the shape of each tensor by name. Raises CheckpointInvalid for a truncated file or another type."""
    check_file(path)
    try:
        with safe_open(path, framework="np") as file:
            slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
    except (OSError, SafetensorError) as error:
        raise CheckpointInvalid(f"{path}: not a safetensors file, or truncated: {error}") from None
    for name, tensor in slices.items():
        if tensor.get_dtype() not in FLOATS:
            raise CheckpointInvalid(f"{path}: {name} is of type {tensor.get_dtype()}, not one of {', '.join(FLOATS)}")
    return {name: tuple(tensor.get_shape()) for name, tensor in slices.items()}


def check_shapes(
    path: Path, stored: Mapping[str, Shape], expected: Mapping[str, Shape], *, optional: frozenset[str] = frozenset()
) -> None:
    """Raise CheckpointInvalid for the first tensor that is missing, of another shape, or unknown."""
    for name, shape in expected.items():
        if name not in stored and name not in optional:
            raise CheckpointInvalid(f"{path}: {name} is missing")
        if name in stored and stored[name] != shape:
            raise CheckpointInvalid(f"{path}: {name} is {list(stored[name])}, the config says {list(shape)}")
    if unknown := sorted(stored.keys() - expected.keys()):
        raise CheckpointInvalid(f"{path}: {unknown[0]} is not a tensor of this model")
