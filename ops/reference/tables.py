"""Settings and metrics as Markdown tables."""

from prometheus_client.metrics import MetricWrapperBase

from api.cli.settings import settings_table
from shared.deployment import PREFIX, Deployment
from shared.metrics import Metrics

__all__ = ["deployment_table", "metrics_table", "settings_table"]

_ENDINGS = {"counter": "_total", "info": "_info"}
"""Suffixes that Prometheus clients append to the name of a metric, by its type."""


def deployment_table() -> str:
    """Return variable, default and meaning of each setting of a deployment on Modal."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Deployment.model_fields.items():
        default = "required" if field.is_required() else f"`{_shown(field.default)}`"
        rows.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)


def metrics_table() -> str:
    """Return name, type, labels and meaning of each metric."""
    rows = ["| metric | type | labels | meaning |", "|---|---|---|---|"]
    for metric in vars(Metrics()).values():
        if isinstance(metric, MetricWrapperBase):
            (family,) = metric.describe()
            labels = ", ".join(f"`{label}`" for label in metric._labelnames)
            name = family.name + _ENDINGS.get(family.type, "")
            rows.append(f"| `{name}` | {family.type} | {labels} | {family.documentation} |")
    return "\n".join(rows)


def _shown(default: object) -> object:
    return ",".join(map(str, default)) if isinstance(default, tuple) else default
