"""Rows times a matrix on a CPU: in float32, or in whole numbers of eight bits.

In eight bits every output has its own scale for its weights, and every call one scale for its rows, so that nothing has
to be known of the sound beforehand. docs/decisions/0021-int8-super-resolution.md has what is lost, and what is gained.
"""

import warnings
from collections.abc import Callable

import torch
from torch import Tensor

Product = Callable[[Tensor], Tensor]
"""[rows, in] -> [rows, out]."""

KERNELS: list[str] = torch.backends.quantized.supported_engines

WEIGHT_MOST = 64
"""Older processors add products two by two in sixteen bits; of a row's 255 by more than 64 they would overflow."""


def exact(weight: Tensor, bias: Tensor) -> Product:
    """Of a weight [in, out]."""
    return lambda rows: torch.addmm(bias, rows, weight)


def int8(weight: Tensor, bias: Tensor) -> Product:
    """Of a weight [in, out]; only where `int8_runs_here`."""
    rows = weight.T.contiguous()
    scales = (rows.abs().amax(dim=1).double() / WEIGHT_MOST).clamp_min(torch.finfo(torch.float32).tiny)
    with warnings.catch_warnings():
        # torch deprecates these tensors, but not what multiplies by them, and takes its weights in no other form.
        warnings.filterwarnings("ignore", message=".*quantized tensor creation", category=UserWarning)
        quantised = torch.quantize_per_channel(rows, scales, torch.zeros(len(rows), dtype=torch.long), 0, torch.qint8)
    packed = torch.ops.quantized.linear_prepack(quantised, bias)
    return lambda rows: torch.ops.quantized.linear_dynamic(rows, packed)


def int8_runs_here() -> bool:
    """True on processors that torch has the kernels for: x86 with AVX2."""
    return "fbgemm" in KERNELS
