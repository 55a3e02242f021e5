"""Push of metrics over real HTTP to a receiver: a fleet's sums are what its clients counted."""

import signal
from contextlib import ExitStack

import httpx
import pytest
from typer.testing import CliRunner

from api.cli.main import app
from services.otlp_metrics import MetricsExporter
from shared.config import Settings
from shared.metrics import Metrics
from tests.api.conftest import serving
from tests.collector import collecting
from tests.fake_server import fake_server
from tests.fakes import FakeEngine
from tests.servers import free_port

SPEECH = {"text": "Hello there.", "speaker": "lipakshi", "stream": True}


def test_sums_of_three_processes_are_what_their_clients_counted(tiny_path, monkeypatch):
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
    monkeypatch.setenv("MODAL_REGION", "ap-south")
    counted = {"ok": 0, "client": 0, "bytes": 0}
    with collecting() as collector, ExitStack() as stack:
        pushed = {"otlp_metrics_endpoint": collector.url("metrics"), "otlp_metrics_every_s": 0.2}
        servers = [stack.enter_context(fake_server(tiny_path, delay_s=0.001, **pushed)) for _ in range(3)]
        for number, server in enumerate(servers, 1):
            for wanted in [SPEECH] * (3 * number) + [SPEECH | {"speaker": "nobody"}] * number:
                status = httpx.post(f"{server.url}/v1/tts/generate", json=wanted, timeout=30).status_code
                counted["ok" if status == 200 else "client"] += 1
        for server in servers:  # the last push is made after everything has ended
            server.process.send_signal(signal.SIGTERM)
        assert [server.process.wait(20) for server in servers] == [0, 0, 0]
        assert counted["ok"] == 18 and counted["client"] == 6
        for outcome in ("ok", "client"):
            assert collector.sum("veena3_tts_answers", outcome=outcome) == counted[outcome]
        route = {"route": "/v1/tts/generate", "method": "POST"}
        assert collector.sum("veena3_tts_http_requests", status="200", **route) == counted["ok"]
        assert collector.sum("veena3_tts_http_requests", status="400", **route) == counted["client"]
        first_audio = [series["veena3_tts_ttfb_seconds", ()] for series in collector.metrics.values()]
        assert sum(point.count for point in first_audio) == counted["ok"]
        assert all(sum(point.bucket_counts) == point.count for point in first_audio)
        assert len(first_audio[0].bucket_counts) == len(first_audio[0].explicit_bounds) + 1
        assert not first_audio[0].HasField("min")
    assert len(collector.resources) == 3 and collector.pushes > 6
    for resource in collector.resources.values():
        assert resource["service.name"] == "veena3-tts" and resource["service.version"]
        assert resource["cloud.region"] == "ap-south" and resource["deployment.environment.name"] == "test"


@pytest.mark.parametrize("works", [True, False])
def test_probe_pushes_its_result(common, works):
    url = common.url if works else f"http://127.0.0.1:{free_port()}"
    with collecting() as collector:
        arguments = ["smoke", url, "--push", collector.url("metrics")]
        told = CliRunner().invoke(app, arguments)
        assert (told.exit_code == 0) is works, told.output
        assert collector.sum("veena3_probe_success", target=url) == works
        assert collector.sum("veena3_probe_check_success", target=url, check="whole file") == works
        (resource,) = collector.resources.values()
        assert resource["service.name"] == "veena3-probe"


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of urllib3, for a refused connection
def test_collector_that_refuses_is_named_in_health_and_counted(tiny):
    with collecting() as collector:
        collector.status = 400
        settings = Settings(otlp_metrics_endpoint=collector.url("metrics"), otlp_metrics_every_s=0.05)
        with serving(tiny, FakeEngine(tiny.vocabulary), settings) as served:
            served.until(lambda: served.metric("metrics_export_failures_total") > 1, within_s=10)
            assert served.generate().status_code == 200
            degraded = httpx.get(f"{served.url}/health").json()["degraded"]
            assert degraded == ["metrics: the collector does not take them"]
            collector.status = 200
            served.until(lambda: not served.app.state.service.degraded(), within_s=10)


def test_every_exported_metric_is_pushed_under_its_name(tiny):
    metrics = Metrics()
    metrics.ttfb.observe(0.2, exemplar={"trace_id": "ab" * 16, "span_id": "cd" * 8})
    data = MetricsExporter(metrics.registry, "http://127.0.0.1:9/v1/metrics").read({"service.name": "a"})
    (resource,) = data.resource_metrics
    pushed = {metric.name: metric for scope in resource.scope_metrics for metric in scope.metrics}
    told = {family.name for family in metrics.registry.collect() if family.samples}
    assert told <= pushed.keys() | {name.removesuffix("_info") for name in pushed}
    (point,) = pushed["veena3_tts_ttfb_seconds"].data.data_points
    (exemplar,) = point.exemplars
    assert (exemplar.value, f"{exemplar.trace_id:032x}", f"{exemplar.span_id:016x}") == (0.2, "ab" * 16, "cd" * 8)
