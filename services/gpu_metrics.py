"""Utilisation and memory of the GPU, read from NVIDIA's management library when the metrics are read."""

import math
from collections.abc import Callable
from typing import Any, Protocol

from shared.logging import get_logger
from shared.metrics import Metrics

log = get_logger(__name__)


class Nvml(Protocol):
    """The functions of `pynvml` (package nvidia-ml-py) that are used here."""

    NVMLError: type[Exception]

    def nvmlInit(self) -> None: ...
    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> Any: ...
    def nvmlDeviceGetUtilizationRates(self, handle: Any) -> Any: ...
    def nvmlDeviceGetMemoryInfo(self, handle: Any) -> Any: ...


def import_nvml() -> Nvml | None:
    """Return `pynvml`; None where it is not installed."""
    try:
        import pynvml
    except ImportError:
        return None
    library: Nvml = pynvml
    return library


def watch_gpu(metrics: Metrics, *, uuid: str, nvml: Nvml | None) -> None:
    """Export utilisation and memory of the GPU with this UUID. Log why that is not possible, where it is not.

    The UUID is that of torch: its index counts only the devices of CUDA_VISIBLE_DEVICES, NVML's counts all.
    """
    if nvml is None:
        log.warning("gpu_not_watched", reason="needs pip install nvidia-ml-py")
        return
    try:
        nvml.nvmlInit()
        handle = nvml.nvmlDeviceGetHandleByUUID(uuid if uuid.startswith("GPU-") else f"GPU-{uuid}")
        nvml.nvmlDeviceGetUtilizationRates(handle)
    except nvml.NVMLError as fault:
        log.warning("gpu_not_watched", reason=str(fault))
        return

    def reading(value: Callable[[], float]) -> Callable[[], float]:
        def read() -> float:
            try:
                return value()
            except nvml.NVMLError:  # the GPU is lost; the other metrics are still read
                return math.nan

        return read

    metrics.gpu.utilisation.set_function(reading(lambda: nvml.nvmlDeviceGetUtilizationRates(handle).gpu / 100))
    metrics.gpu.memory_used.set_function(reading(lambda: nvml.nvmlDeviceGetMemoryInfo(handle).used))
    metrics.gpu.memory_total.set_function(reading(lambda: nvml.nvmlDeviceGetMemoryInfo(handle).total))
