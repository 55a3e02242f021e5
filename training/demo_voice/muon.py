"""Muon optimiser: momentum orthogonalised by Newton-Schulz steps (Jordan et al., 2024)."""

from collections import defaultdict
from collections.abc import Iterable

import torch

from training.demo_voice.arithmetic import PRODUCTS

_A, _B, _C = 3.4445, -4.7750, 2.0315
"""Coefficients of the quintic Newton-Schulz step, from the paper."""


def orthogonal(stack: torch.Tensor) -> torch.Tensor:
    """Return matrices [n, rows, columns] with singular values near 1, by five quintic Newton-Schulz steps."""
    transposed = stack.shape[1] > stack.shape[2]
    x = stack.transpose(1, 2) if transposed else stack
    x = (x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)).to(PRODUCTS)
    for _ in range(5):
        gram = x @ x.transpose(1, 2)
        x = _A * x + (_B * gram + _C * gram @ gram) @ x
    result: torch.Tensor = (x.transpose(1, 2) if transposed else x).float()
    return result


class Muon(torch.optim.Optimizer):
    """Optimiser of matrices, and of convolutions as matrices of axis 0 by the rest.

    For every shape, updates have a root mean square of 0.2·lr, which is typical of AdamW.
    """

    def __init__(self, parameters: Iterable[torch.nn.Parameter], lr: float, momentum: float = 0.95) -> None:
        super().__init__(list(parameters), {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[torch.nn.Parameter]] = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    by_shape[parameter.shape].append(parameter)
            for shape, parameters in by_shape.items():
                updates = torch.stack([self._momentum(p, group["momentum"]).flatten(1) for p in parameters])
                scale = 0.2 * max(updates.shape[1:]) ** 0.5 * group["lr"]
                for parameter, update in zip(parameters, orthogonal(updates), strict=True):
                    parameter.sub_(update.view(shape), alpha=scale)

    def _momentum(self, parameter: torch.nn.Parameter, momentum: float) -> torch.Tensor:
        assert parameter.grad is not None
        buffer: torch.Tensor = self.state[parameter].setdefault("momentum", torch.zeros_like(parameter))
        buffer.lerp_(parameter.grad, 1 - momentum)
        return parameter.grad.lerp(buffer, momentum)
