"""Debian's Prometheus with the shipped configuration and rules, on `veena3 serve` as it is installed."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from tests.line import address_of
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "ops/prometheus"
SPEECH = {"text": "Hello there.", "speaker": "lipakshi", "stream": True}

pytestmark = pytest.mark.skipif(
    not shutil.which("prometheus"), reason="NOT CHECKED: prometheus is missing (Debian: prometheus)"
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the demo voice with default settings but those of its place; yield the address."""
    folder = tmp_path_factory.mktemp("service")
    command = [sys.executable, "-c", "from api.cli.main import main; main()", "serve", "--port", "0"]
    place = {"DATABASE_URL": f"sqlite:///{folder}/veena3.db", "RECORDS": "full", "RECORDS_PATH": f"{folder}/records.db"}
    environment = os.environ | place | {"ENGINE": "transformers"}
    log = folder / "log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            yield address_of(process, log)
        finally:
            process.terminate()
            assert process.wait(20) == 0


@pytest.fixture
def prometheus(service: str, tmp_path: Path) -> Iterator[httpx.Client]:
    """Run Prometheus with the shipped file; only the target's port and the intervals differ."""
    config = yaml.safe_load((SHIPPED / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(SHIPPED / name) for name in config["rule_files"]]
    config["scrape_configs"][0]["static_configs"] = [{"targets": [service.removeprefix("http://")]}]
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(config))
    port = free_port()
    arguments = ["--config.file", tmp_path / "prometheus.yml", "--storage.tsdb.path", tmp_path / "data"]
    command = ["prometheus", *arguments, "--web.listen-address", f"127.0.0.1:{port}"]
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        try:
            _await_readiness(client)
            yield client
        finally:
            process.kill()


def _await_readiness(client: httpx.Client) -> None:
    """Wait until Prometheus has read its storage; it accepts connections before, and answers 503."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if client.get("/-/ready").status_code == 200:
                return
        except httpx.ConnectError:
            pass
        time.sleep(0.05)
    raise AssertionError("Prometheus was not ready within a minute")


def value_of(prometheus: httpx.Client, query: str) -> float | None:
    """Return the value of the only sample of a query; None without one."""
    result = prometheus.get("/api/v1/query", params={"query": query}).json()["data"]["result"]
    return float(result[0]["value"][1]) if result else None


def test_no_alert_is_pending_on_a_default_installation(service, prometheus):
    """An alert whose condition holds is pending at the first evaluation, whatever its `for`."""
    deadline, spoken = time.monotonic() + 60, 0
    while value_of(prometheus, "veena3:failed_answers:ratio_rate5m") != 0:  # a rate needs counters that grow
        assert time.monotonic() < deadline, "the objectives have no value"
        assert httpx.post(f"{service}/v1/tts/generate", json=SPEECH, timeout=60).status_code == 200
        assert httpx.post(f"{service}/v1/tts/generate", json=SPEECH | {"speaker": "nobody"}).status_code == 400
        spoken += 1
        time.sleep(0.5)
    time.sleep(2)  # every group is evaluated once a second
    assert prometheus.get("/api/v1/alerts").json()["data"]["alerts"] == []
    groups = prometheus.get("/api/v1/rules").json()["data"]["groups"]
    assert {rule["health"] for group in groups for rule in group["rules"]} == {"ok"}
    assert value_of(prometheus, 'sum(veena3_tts_answers_total{outcome="client"})') == spoken
    assert value_of(prometheus, "veena3_tts_ttfb_seconds_count") == spoken
