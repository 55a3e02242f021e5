"""Receiver of OTLP over HTTP, which keeps the spans and the metrics that it is sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Collector(ThreadingHTTPServer):
    """`spans`: every span. `metrics`: the newest value of each series, by instance, name and labels."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.spans: list[Any] = []
        self.metrics: dict[str, dict[tuple[str, tuple[tuple[str, str], ...]], Any]] = {}
        self.resources: dict[str, dict[str, object]] = {}
        self.pushes, self.received, self.status = 0, b"", 200

    def url(self, kind: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/{kind}"

    def sum(self, name: str, **labels: str) -> float:
        """Return the sum of a counter over all instances, and over all series with these labels."""
        return sum(
            point.as_double or point.as_int
            for series in self.metrics.values()
            for (found, held), point in series.items()
            if found == name and labels.items() <= dict(held).items()
        )

    def take_metrics(self, body: bytes) -> None:
        self.pushes += 1
        for pushed in ExportMetricsServiceRequest.FromString(body).resource_metrics:
            resource = attributes(pushed.resource)
            instance = str(resource["service.instance.id"])
            self.resources[instance] = resource
            series = self.metrics.setdefault(instance, {})
            for metric in (metric for scope in pushed.scope_metrics for metric in scope.metrics):
                for point in getattr(metric, metric.WhichOneof("data")).data_points:
                    series[metric.name, tuple(sorted((k, str(v)) for k, v in attributes(point).items()))] = point


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Content-Encoding"] == "gzip":
            raise AssertionError("the receiver reads no compressed bodies")
        self.server.received += body
        if self.server.status == 200 and self.path == "/v1/metrics":
            self.server.take_metrics(body)
        elif self.server.status == 200:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                self.server.spans += [span for scope in resource.scope_spans for span in scope.spans]
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Discard the access log."""


@contextmanager
def collecting() -> Iterator[Collector]:
    with Collector() as collector:
        thread = threading.Thread(target=collector.serve_forever)
        thread.start()
        try:
            yield collector
        finally:
            collector.shutdown()
            thread.join()


def attributes(described: Any) -> dict[str, object]:
    """Return the attributes of a span, a point or a resource."""
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in described.attributes}
