"""Metrics of each test, read as Prometheus reads them."""

import pytest

from shared.metrics import Metrics


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def sample(metrics: Metrics, name: str, **labels: str) -> float:
    """Return one sample of a metric by its exported name, without the prefix."""
    value = metrics.registry.get_sample_value(f"veena3_tts_{name}", labels)
    assert value is not None, f"{name} is not exported"
    return value
