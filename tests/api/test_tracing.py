"""Traces: the real exporter sends them over HTTP to a collector on this machine."""

import time
from contextlib import suppress

import httpx
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Status
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

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
        (server,) = [span for span in collector.spans if span.kind == span.SPAN_KIND_SERVER]
        assert server.name == "POST /v1/tts/generate" and not server.parent_span_id
        assert whole.parent_span_id == server.span_id and whole.trace_id == server.trace_id
        assert attributes(server)["http.response.status_code"] == 200
        inside = [span for span in collector.spans if span not in (whole, server)]
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


CALLER = f"00-{'ab' * 16}-{'cd' * 8}-01"


def test_request_belongs_to_the_trace_of_its_caller(tiny):
    with collecting() as collector:
        settings = Settings(otlp_endpoint=collector.url("traces"))
        with serving(tiny, FakeEngine(tiny.vocabulary), settings) as served:
            body = {"text": "Hello there.", "speaker": "lipakshi"}
            url, headers = f"{served.url}/v1/tts/generate", {"traceparent": CALLER}
            assert httpx.post(url, json=body, headers=headers).status_code == 200
            assert httpx.post(url, json=body | {"speaker": "nobody"}, headers=headers).status_code == 400
            not_sampled = {"traceparent": CALLER.removesuffix("01") + "00"}
            assert httpx.post(url, json=body, headers=not_sampled).status_code == 200
            httpx.get(f"{served.url}/ready")
            accept = {"accept": "application/openmetrics-text"}
            told = httpx.get(f"{served.url}/metrics", headers=accept).text
    servers = [span for span in collector.spans if span.kind == span.SPAN_KIND_SERVER]
    assert [attributes(span)["http.response.status_code"] for span in servers] == [200, 400]
    assert {span.trace_id.hex() for span in collector.spans} == {"ab" * 16}
    assert {span.parent_span_id.hex() for span in servers} == {"cd" * 8}
    assert [span.name for span in collector.spans].count("speak") == 1
    assert f'trace_id="{"ab" * 16}"' in told and told.endswith("# EOF\n")


def test_refused_requests_and_sockets_leave_a_span(tiny):
    with collecting() as collector:
        settings = Settings(otlp_endpoint=collector.url("traces"), max_body_bytes=1024)
        with serving(tiny, FakeEngine(tiny.vocabulary), settings) as served:
            assert httpx.post(f"{served.url}/v1/tts/generate", content=b"a" * 2000).status_code == 413
            with connect(f"ws://127.0.0.1:{served.port}/v1/tts/ws") as socket:
                socket.send('{"type": "speak", "text": "Hello.", "speaker": "lipakshi"}')
                socket.send('{"type": "end"}')
                with suppress(ConnectionClosed):
                    while socket.recv():
                        pass
            served.engine.dead = True
            assert served.generate().status_code == 503
    servers = {span.name: span for span in collector.spans if span.kind == span.SPAN_KIND_SERVER}
    assert servers.keys() == {"POST /v1/tts/generate", "GET /v1/tts/ws"}
    answered = [attributes(span).get("http.response.status_code") for span in collector.spans]
    assert {status for status in answered if status} == {413, 101, 503}
    (spoken,) = [span for span in collector.spans if span.name == "speak"]
    assert spoken.parent_span_id == servers["GET /v1/tts/ws"].span_id
    assert servers["POST /v1/tts/generate"].status.code == Status.STATUS_CODE_ERROR
