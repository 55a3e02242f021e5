"""Traces: the real exporter sends them over HTTP to a collector on this machine."""

import time

import pytest

from shared.config import Settings
from tests.api.conftest import serving
from tests.collector import attributes, collecting
from tests.fakes import FakeEngine

STAGES = {"engine", "codec", "chunker", "encoder", "transport"}


def test_trace_has_one_span_for_each_stage(tiny):
    with collecting() as collector:
        settings = Settings(window_first=4, window_lookahead=3, otlp_endpoint=collector.url("traces"))
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
