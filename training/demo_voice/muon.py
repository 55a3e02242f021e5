"""Muon: momentum made orthogonal by Newton-Schulz steps (Jordan et al., 2024), in float32 for CPUs."""

from collections import defaultdict
from collections.abc import Iterable

import torch

_A, _B, _C = 3.4445, -4.7750, 2.0315


def orthogonal(stack: torch.Tensor) -> torch.Tensor:
    """[n, rows, columns] -> the same with singular values near 1; five quintic Newton-Schulz steps."""
    wide = stack.shape[1] <= stack.shape[2]
    x = stack if wide else stack.transpose(1, 2)
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(5):
        gram = x @ x.transpose(1, 2)
        x = _A * x + (_B * gram + _C * gram @ gram) @ x
    result: torch.Tensor = x if wide else x.transpose(1, 2)
    return result


class Muon(torch.optim.Optimizer):
    """For matrices, and convolutions taken as matrices of axis 0 by the rest.

    Updates have the root mean square 0.2·lr of a typical AdamW update, whatever the shape.
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
