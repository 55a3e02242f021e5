"""Safetensors files without a tensor library: look into the header, or write one tensor after the other.

The format: eight bytes of header length, a JSON header of names, types, shapes and offsets, then the raw values.
"""

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shared.errors import CheckpointInvalid

Shape = tuple[int, ...]
Stored = Literal["float32", "bfloat16"]

_LENGTH_BYTES = 8
_MAX_HEADER_BYTES = 100_000_000
_FLOATS = {"F32": 4, "BF16": 2, "F16": 2}


def read_shapes(path: Path) -> dict[str, Shape]:
    """Tensor names and shapes from the header alone. Raise CheckpointInvalid for a file cut short or not of floats."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
            if not 0 < length <= min(_MAX_HEADER_BYTES, size - _LENGTH_BYTES):
                raise CheckpointInvalid(f"{path}: not a safetensors file, or cut short in its header")
            header = json.loads(file.read(length))
        header.pop("__metadata__", None)
        shapes = {name: tuple(entry["shape"]) for name, entry in header.items()}
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            if entry["dtype"] not in _FLOATS:
                raise CheckpointInvalid(f"{path}: {name} is of type {entry['dtype']}, not one of {', '.join(_FLOATS)}")
            if end - begin != math.prod(shapes[name]) * _FLOATS[entry["dtype"]]:
                raise CheckpointInvalid(f"{path}: {name} does not fill its place")
            if _LENGTH_BYTES + length + end > size:
                raise CheckpointInvalid(f"{path}: cut short: {name} ends after the file does")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointInvalid(f"{path}: {type(error).__name__} {error}") from None
    return shapes


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
        raise CheckpointInvalid(f"{path}: {unknown[0]} is no tensor of this model")


def write_tensors(
    path: Path, shapes: Mapping[str, Shape], values: Callable[[str, Shape], NDArray[np.float32]], *, dtype: Stored
) -> None:
    """Ask `values` for one tensor at a time, so that memory holds no more than the largest. Same values, same bytes."""
    width, code = {"float32": (4, "F32"), "bfloat16": (2, "BF16")}[dtype]
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    offset = 0
    for name, shape in shapes.items():
        end = offset + math.prod(shape) * width
        header[name] = {"dtype": code, "shape": list(shape), "data_offsets": [offset, end]}
        offset = end
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)
    with path.open("wb") as file:
        file.write(len(encoded).to_bytes(_LENGTH_BYTES, "little") + encoded)
        for name, shape in shapes.items():
            tensor = np.ascontiguousarray(values(name, shape), np.float32)
            if tensor.shape != shape:
                raise ValueError(f"{name} was made as {tensor.shape}, not {shape}")
            (tensor if dtype == "float32" else _bfloat16(tensor)).tofile(file)


def _bfloat16(values: NDArray[np.float32]) -> NDArray[np.uint16]:
    """The upper halves of the float32 words, rounded to nearest, ties to even."""
    bits = values.view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)
