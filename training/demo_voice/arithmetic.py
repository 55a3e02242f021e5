"""Arithmetic of the trainings: products in bfloat16 on CPUs that have instructions for them, in float32 elsewhere."""

import torch

PRODUCTS = torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32
"""Type of the factors of matrix products."""


def products() -> torch.autocast:
    """Return a context in which matrix products and convolutions have factors of PRODUCTS."""
    return torch.autocast("cpu", torch.bfloat16, enabled=PRODUCTS is torch.bfloat16)
