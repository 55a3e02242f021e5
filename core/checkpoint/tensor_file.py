"""Writer of safetensors files that holds one tensor in memory at a time.

Format: eight bytes of header length, a JSON header of names, types, shapes and offsets, then the raw values.
"""

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.checkpoint.stored_tensors import Shape

StoredDtype = Literal["float32", "bfloat16"]
_LENGTH_BYTES = 8


def write_tensors(
    path: Path, shapes: Mapping[str, Shape], values: Callable[[str, Shape], NDArray[np.float32]], *, dtype: StoredDtype
) -> None:
    """Write the tensors that `values` returns, one at a time. The same values give the same bytes."""
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
                raise ValueError(f"{name} has shape {tensor.shape}, expected {shape}")
            (tensor if dtype == "float32" else _bfloat16(tensor)).tofile(file)


def _bfloat16(values: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Return the upper halves of the float32 words, rounded to nearest, ties to even."""
    bits = values.view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)
