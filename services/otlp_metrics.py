"""Metrics of prometheus_client as OpenTelemetry's, and their export over OTLP/HTTP.

The same counters are scraped and pushed, under the same names: a collector adds `_total` to a sum, as Prometheus does.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import Exemplar
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricExportResult,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from prometheus_client import CollectorRegistry
from prometheus_client import Metric as Family
from prometheus_client.samples import Sample

from shared.version import APP_VERSION

EXPORT_TIMEOUT_S = 5
"""Seconds that one export may take, with its retries."""
SCOPE = InstrumentationScope("veena3-tts", APP_VERSION)
CUMULATIVE = AggregationTemporality.CUMULATIVE


def resource_of(attributes: Mapping[str, str]) -> Resource:
    """Return a resource with these attributes; those of OTEL_RESOURCE_ATTRIBUTES take precedence."""
    return Resource(dict(attributes)).merge(OTELResourceDetector().detect())


class MetricsExporter:
    """Exporter of one registry. `read` belongs on the event loop, whose state gauges read; `send` on a thread."""

    def __init__(self, registry: CollectorRegistry, endpoint: str) -> None:
        self._registry, self._started_ns = registry, time.time_ns()
        self._exporter = OTLPMetricExporter(endpoint=endpoint, timeout=EXPORT_TIMEOUT_S)

    def read(self, attributes: Mapping[str, str]) -> MetricsData:
        """Return the metrics as they are now; `attributes` describe this process."""
        now_ns = time.time_ns()
        families = [metric for family in self._registry.collect() for metric in self._metrics(family, now_ns)]
        scopes = [ScopeMetrics(SCOPE, families, schema_url="")]
        return MetricsData([ResourceMetrics(resource_of(attributes), scopes, schema_url="")])

    def send(self, data: MetricsData) -> bool:
        """Send metrics; report whether the collector has taken them."""
        return self._exporter.export(data) is MetricExportResult.SUCCESS

    def close(self) -> None:
        self._exporter.shutdown()

    def _metrics(self, family: Family, now_ns: int) -> Iterator[Metric]:
        created = {_key(s): int(s.value * 1e9) for s in family.samples if s.name.endswith("_created")}
        if family.type == "histogram":
            data: Any = Histogram(list(self._histograms(family, created, now_ns)), CUMULATIVE)
            yield Metric(family.name, family.documentation, "", data)
            return
        points = [
            NumberDataPoint(s.labels, created.get(_key(s), self._started_ns), now_ns, s.value)
            for s in family.samples
            if not s.name.endswith("_created")
        ]
        is_sum = family.type == "counter"
        name = f"{family.name}_info" if family.type == "info" else family.name
        data = Sum(points, CUMULATIVE, is_monotonic=True) if is_sum else Gauge(points)
        if points:
            yield Metric(name, family.documentation, "", data)

    def _histograms(
        self, family: Family, created: Mapping[tuple[tuple[str, str], ...], int], now_ns: int
    ) -> Iterator[HistogramDataPoint]:
        """Yield a point for each set of labels; prometheus_client's buckets are cumulative, OTLP's are not."""
        series: dict[tuple[tuple[str, str], ...], list[Sample]] = {}
        for sample in family.samples:
            series.setdefault(_key(sample), []).append(sample)
        for key, samples in series.items():
            buckets = [s for s in samples if s.name.endswith("_bucket")]
            totals = [int(s.value) for s in buckets]
            unknown: Any = None  # the least and the greatest value, and the sum where values may be negative
            yield HistogramDataPoint(
                dict(key),
                created.get(key, self._started_ns),
                now_ns,
                count=totals[-1],
                sum=next((s.value for s in samples if s.name.endswith("_sum")), unknown),
                bucket_counts=[after - before for before, after in zip([0, *totals], totals, strict=False)],
                explicit_bounds=[float(s.labels["le"]) for s in buckets[:-1]],
                min=unknown,
                max=unknown,
                exemplars=[exemplar for s in buckets if (exemplar := _exemplar(s))],
            )


def _key(sample: Sample) -> tuple[tuple[str, str], ...]:
    """Return the labels that name a series, without a bucket's bound."""
    return tuple((name, value) for name, value in sample.labels.items() if name != "le")


def _exemplar(sample: Sample) -> Exemplar | None:
    if (found := sample.exemplar) is None:
        return None
    at_ns = int(float(found.timestamp or time.time()) * 1e9)
    trace_id, span_id = (int(found.labels.get(name, "0"), 16) for name in ("trace_id", "span_id"))
    return Exemplar({}, found.value, at_ns, span_id=span_id or None, trace_id=trace_id or None)
