"""Traces: the real exporter sends them over HTTP to a collector on this machine."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from shared.config import Settings
from tests.api.conftest import serving
from tests.fakes import FakeEngine

STAGES = {"engine", "codec", "chunker", "encoder", "transport"}


class Collector(ThreadingHTTPServer):
    """Collector that keeps every span."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.spans = []
        self.received = b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/traces"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received += body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.server.spans += [span for scope in resource.scope_spans for span in scope.spans]
        self.send_response(200)
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


def attributes(span) -> dict[str, object]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in span.attributes}


def test_trace_has_one_span_for_each_stage(tiny):
    with collecting() as collector:
        settings = Settings(window_first=4, window_lookahead=3, otlp_endpoint=collector.url)
        with serving(tiny, FakeEngine(tiny.vocabulary, length=200), settings) as served:
            answer = served.generate(stream=True, text="One sentence of many. " * 30)
            assert int(answer.headers["x-text-chunks"]) > 2
        whole = next(span for span in collector.spans if span.name == "speak")
        inside = [span for span in collector.spans if span is not whole]
        assert sorted(span.name for span in inside) == sorted(STAGES | {"wait"})
        told = attributes(whole)
        assert told["veena3.request_id"] == answer.headers["x-request-id"] and told["veena3.state"] == "sent"
        for span in inside:
            assert span.parent_span_id == whole.span_id and span.trace_id == whole.trace_id
            assert whole.start_time_unix_nano <= span.start_time_unix_nano <= span.end_time_unix_nano
            assert span.end_time_unix_nano <= whole.end_time_unix_nano
        assert abs(whole.end_time_unix_nano / 1e9 - time.time()) < 60
        sent = next(attributes(span) for span in inside if span.name == "transport")
        assert sent["veena3.bytes"] == len(answer.content)
        assert b"sentence" not in collector.received


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of urllib3, for a refused connection
def test_unavailable_collector_does_not_delay_requests(tiny):
    settings = Settings(window_first=4, window_lookahead=3, otlp_endpoint="http://127.0.0.1:9/v1/traces")
    with serving(tiny, FakeEngine(tiny.vocabulary), settings) as served:
        for _ in range(3):
            assert served.generate().status_code == 200
