"""Find the device that the models run on."""

from dataclasses import dataclass

import torch

from shared.config import MIB
from shared.errors import StartupError


@dataclass(frozen=True, slots=True)
class GpuInfo:
    """Name, total memory and UUID of a GPU."""

    name: str
    memory_mib: int
    uuid: str


def find_device(wanted: str) -> torch.device:
    """Return the device named `wanted`; `auto` is the first GPU, or the CPU without one.

    Raises StartupError for a GPU that does not exist.
    """
    if wanted == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    device = torch.device(wanted)
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise StartupError(f"setting DEVICE: {wanted}: torch finds {torch.cuda.device_count()} GPUs")
    return device


def gpu_info(device: torch.device) -> GpuInfo | None:
    """Return the GPU's properties; None for a CPU."""
    if device.type != "cuda":
        return None
    properties = torch.cuda.get_device_properties(device)
    return GpuInfo(properties.name, properties.total_memory // MIB, str(properties.uuid))
