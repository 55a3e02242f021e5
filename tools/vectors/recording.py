"""Recorder of the values between the modules of a network, by forward hooks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torch import Tensor, nn


@contextmanager
def recorded(model: nn.Module) -> Iterator[dict[str, Tensor]]:
    """Yield a mapping that is filled while the context is open.

    It has each submodule's last output under its dotted name, and its first input under that name and `.input`.
    """
    flow: dict[str, Tensor] = {}

    def record(name: str) -> Callable[[nn.Module, tuple[object, ...], object], None]:
        def hook(_module: nn.Module, inputs: tuple[object, ...], output: object) -> None:
            for key, value in ((name, output), (f"{name}.input", next(iter(inputs), None))):
                if isinstance(value, Tensor):
                    flow[key] = value

        return hook

    handles = [module.register_forward_hook(record(name)) for name, module in model.named_modules()]
    try:
        yield flow
    finally:
        for handle in handles:
            handle.remove()
