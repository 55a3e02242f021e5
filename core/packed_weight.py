"""Matrix products with a weight that oneDNN packs once, on a CPU."""

from typing import Any

import torch
from torch import Tensor

PACKS: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
"""Whether torch has oneDNN, which it lacks on macOS."""


def pack(weight: Tensor, rows: int) -> Tensor:
    """Return `weight` [out, in] in the order that is best for products with this number of rows; any may follow."""
    ops: Any = torch.ops.mkldnn
    packed: Tensor = ops._reorder_linear_weight(weight.contiguous(), rows)
    return packed


def multiply(rows: Tensor, packed: Tensor, bias: Tensor | None) -> Tensor:
    """Return [T, out] of rows [T, in] and a packed weight."""
    product: Tensor = torch.ops.mkldnn._linear_pointwise(rows, packed, bias, "none", [], "")
    return product
