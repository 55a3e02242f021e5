"""GPU metrics with a stand-in for NVIDIA's library, which has no GPU to look at here."""

from types import SimpleNamespace

import pytest
from prometheus_client import generate_latest

from services.gpu_metrics import watch_gpu
from shared.metrics import Metrics


class Library:
    """NVML with one GPU."""

    class NVMLError(Exception):
        pass

    def __init__(self) -> None:
        self.started, self.fault = False, None

    def nvmlInit(self):
        self.started = True
        if self.fault:
            raise self.NVMLError(self.fault)

    def nvmlDeviceGetHandleByUUID(self, uuid):
        assert self.started and uuid == "GPU-1234"
        return "handle"

    def nvmlDeviceGetUtilizationRates(self, handle):
        return SimpleNamespace(gpu=37)

    def nvmlDeviceGetMemoryInfo(self, handle):
        if self.fault:
            raise self.NVMLError(self.fault)
        return SimpleNamespace(used=2**30, total=2**34)


def values(metrics: Metrics) -> list[float | None]:
    return [
        metrics.registry.get_sample_value(f"veena3_tts_gpu_{name}")
        for name in ("utilisation_ratio", "memory_used_bytes", "memory_total_bytes")
    ]


@pytest.mark.parametrize("uuid", ["1234", "GPU-1234"])
def test_gpu_metrics_are_read_from_the_library(uuid):
    metrics = Metrics()
    watch_gpu(metrics, uuid=uuid, nvml=Library())
    assert values(metrics) == [0.37, 2**30, 2**34]


def test_lost_gpu_leaves_the_other_metrics_readable():
    metrics, library = Metrics(), Library()
    watch_gpu(metrics, uuid="1234", nvml=library)
    library.fault = "GPU is lost"
    assert b"veena3_tts_gpu_memory_used_bytes NaN" in generate_latest(metrics.registry)


def test_missing_or_broken_library_is_named_in_the_log(capsys):
    broken = Library()
    broken.fault = "Driver Not Loaded"
    for library in (None, broken):
        metrics = Metrics()
        watch_gpu(metrics, uuid="1234", nvml=library)
        assert values(metrics) == [0, 0, 0]
    told = capsys.readouterr().out
    assert "nvidia-ml-py" in told and "Driver Not Loaded" in told
