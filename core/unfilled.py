"""Modules without memory or values, to be filled from a file."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode


class _NoInitialValues(TorchFunctionMode):
    """Leave out the drawing of initial values, for which PyTorch would import its compiler: 1.5 s of a start."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if getattr(func, "__module__", None) == "torch.nn.init":
            return kwargs["tensor"] if "tensor" in kwargs else args[0]
        return func(*args, **kwargs)


@contextmanager
def unfilled() -> Iterator[None]:
    """Create modules on the meta device while this context is open, in this thread alone."""
    with torch.device("meta"), _NoInitialValues():
        yield
