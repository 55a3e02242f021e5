"""Weights of a language model in bfloat16: half the bytes to keep, to hash and to read at each start.

On a GPU both engines compute in bfloat16 and round the weights in the same way while they load them: the answers stay.
On a CPU they compute in float32: each weight then differs by 0.4 % at most, and a seed gives other tokens.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from core.checkpoint.stored_tensors import Shape, read_shapes
from core.checkpoint.tensor_file import write_tensors
from shared.errors import CheckpointInvalid


def store_bfloat16(path: Path) -> bool:
    """Replace a safetensors file by one with every tensor in bfloat16, rounded to nearest, ties to even.

    Return False, and change nothing, where each tensor is already of that type. One tensor is in memory at a time.
    Raises OSError, and CheckpointInvalid: the file is no safetensors file, or a value is not finite.
    """
    part = path.with_name(f"{path.name}.bfloat16.part")
    shapes = read_shapes(path)
    try:
        with safe_open(path, framework="pt") as file:
            if all(file.get_slice(name).get_dtype() == "BF16" for name in shapes):
                return False

            def values(name: str, _shape: Shape) -> NDArray[np.float32]:
                tensor: NDArray[np.float32] = file.get_tensor(name).float().numpy()
                if not np.isfinite(tensor).all():
                    raise CheckpointInvalid(f"{path}: {name} has a value that is not finite")
                return tensor

            write_tensors(part, shapes, values, dtype="bfloat16")
        part.replace(path)
        return True
    finally:
        part.unlink(missing_ok=True)
