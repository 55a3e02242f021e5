"""Products of rows with a matrix on a CPU, in float32, bfloat16 or int8.

In int8, weights are quantised per output channel and rows dynamically per call, so no calibration is needed.
docs/decisions/0021-int8-super-resolution.md gives the loss and the gain.
"""

import warnings
from collections.abc import Callable

import torch
from torch import Tensor

Product = Callable[[Tensor], Tensor]
"""Function of rows: [rows, in] -> [rows, out]."""

KERNELS: list[str] = torch.backends.quantized.supported_engines
"""Names of the int8 kernels that this build of torch supports on this processor."""

MAX_INT8_WEIGHT = 64
"""Largest magnitude of a quantised weight. Processors without VNNI add two products in 16 bits, which overflows if
weights above 64 meet rows of up to 255."""


def float32_product(weight: Tensor, bias: Tensor) -> Product:
    """Return the float32 product with a weight [in, out] and a bias [out]."""
    return lambda rows: torch.addmm(bias, rows, weight)


def bfloat16_product(weight: Tensor, bias: Tensor) -> Product:
    """Return the product in bfloat16 with a weight [in, out] and a bias [out]; rows and results are float32."""
    columns = weight.bfloat16()
    return lambda rows: torch.mm(rows.bfloat16(), columns).float().add_(bias)


def int8_product(weight: Tensor, bias: Tensor) -> Product:
    """Return the int8 product with a weight [in, out] and a bias [out]. Requires `supports_int8()`."""
    rows = weight.T.contiguous()
    scales = (rows.abs().amax(dim=1).double() / MAX_INT8_WEIGHT).clamp_min(torch.finfo(torch.float32).tiny)
    with warnings.catch_warnings():
        # torch deprecates quantized tensors, but its int8 product accepts weights in no other form.
        warnings.filterwarnings("ignore", message=".*quantized tensor creation", category=UserWarning)
        quantised = torch.quantize_per_channel(rows, scales, torch.zeros(len(rows), dtype=torch.long), 0, torch.qint8)
    packed = torch.ops.quantized.linear_prepack(quantised, bias)
    return lambda rows: torch.ops.quantized.linear_dynamic(rows, packed)


def supports_int8() -> bool:
    """Report whether torch has int8 kernels for this processor: x86 with AVX2."""
    return "fbgemm" in KERNELS
