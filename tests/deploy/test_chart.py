"""The Helm chart, rendered by Helm's own library and checked against Kubernetes' schemas.

KEDA's and the Prometheus operator's resources are no part of these; what they query is evaluated by promtool.
"""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import helm_python
import kubernetes_validate
import pytest
import yaml

from api.cli.main import load_command
from shared.metrics import Metrics
from shared.version import APP_VERSION

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy/charts/veena3"
KUBERNETES = ("1.28", "1.34")
EVERYTHING = {
    "secret": "veena3",
    "gpu": {"enabled": True},
    "checkpoint": {"claim": "weights", "path": "0123abc"},
    "ingress": {"enabled": True, "host": "speech.example.com", "tlsSecret": "tls"},
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    "autoscaling": {"enabled": True},
    "probe": {"enabled": True, "secret": "veena3-probe"},
    "nodeSelector": {"gpu": "l4"},
    "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}],
}
CUSTOM = {"ScaledObject", "ServiceMonitor"}


def rendered(values: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the manifests by kind."""
    with helm_python.Chart.load(CHART) as chart:
        files = chart.render(values=values or {}, name="demo", namespace="speech")
    manifests = [yaml.safe_load(text) for name, text in files.items() if name.endswith(".yaml")]
    return {manifest["kind"]: manifest for manifest in manifests if manifest}


def test_chart_has_no_lint():
    told = helm_python.lint(CHART)
    assert not told["errors"] and [message["error"] for message in told["messages"]] == ["icon is recommended"]


def test_chart_is_of_this_version():
    assert yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"] == APP_VERSION


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("values", [{}, EVERYTHING], ids=["defaults", "everything"])
def test_manifests_are_valid(values, version):
    manifests = rendered(values)
    assert set(manifests) == {"Deployment", "Service", "PodDisruptionBudget"} | (
        CUSTOM | {"Ingress", "CronJob"} if values else set()
    )
    for kind in set(manifests) - CUSTOM:
        kubernetes_validate.validate(manifests[kind], version, strict=True)


def test_pod_drains_before_it_is_killed():
    spec = rendered({"drainSeconds": 60})["Deployment"]["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    assert {"name": "DRAIN_S", "value": "60"} in container["env"]
    pause = int(container["lifecycle"]["preStop"]["exec"]["command"][-1])
    assert spec["terminationGracePeriodSeconds"] >= 60 + pause + 10


def test_probes_ask_the_right_routes():
    (container,) = rendered()["Deployment"]["spec"]["template"]["spec"]["containers"]
    asked = {name: container[name]["httpGet"]["path"] for name in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert asked == {"startupProbe": "/ready", "readinessProbe": "/ready", "livenessProbe": "/live"}
    starting = container["startupProbe"]
    assert starting["periodSeconds"] * starting["failureThreshold"] >= 1200


def test_gpu_weights_and_secret_reach_the_container():
    spec = rendered(EVERYTHING)["Deployment"]["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    assert container["resources"]["limits"] == {"memory": "4Gi", "nvidia.com/gpu": "1"}
    assert {"name": "CHECKPOINT", "value": "/checkpoints/0123abc"} in container["env"]
    assert container["envFrom"] == [{"secretRef": {"name": "veena3"}}]
    assert "replicas" not in rendered(EVERYTHING)["Deployment"]["spec"]  # KEDA's


def test_probe_runs_the_smoke_test_often_enough_for_its_alerts():
    job = rendered(EVERYTHING)["CronJob"]["spec"]
    assert job["schedule"] == "*/5 * * * *" and job["concurrencyPolicy"] == "Forbid"
    run = job["jobTemplate"]["spec"]
    assert run["backoffLimit"] == 0 and run["activeDeadlineSeconds"] < 300
    pod = run["template"]
    (container,) = pod["spec"]["containers"]
    load_command(container["args"][0]).make_context("smoke", container["args"][1:])  # parses the arguments
    assert container["args"][:3] == ["smoke", "http://demo-veena3:80", "--push"]
    assert container["envFrom"] == [{"secretRef": {"name": "veena3-probe"}}]
    selector = rendered(EVERYTHING)["Service"]["spec"]["selector"]
    assert not selector.items() <= pod["metadata"]["labels"].items()
    outside = rendered({"probe": {"enabled": True, "url": "https://speech.example.com"}})["CronJob"]
    assert "https://speech.example.com" in str(outside) and "envFrom" not in str(outside)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"probe": {"enabled": True, "push": ""}}, "push"),
        ({"replica": 2}, "replica"),
        ({"settings": {"MAX_RUNNING": 4}}, "settings"),
        ({"autoscaling": {"enabled": True}}, "serviceMonitor.enabled"),
        ({"ingress": {"enabled": True}}, "host"),
    ],
)
def test_wrong_values_are_refused(values, said):
    with pytest.raises(helm_python.HelmError, match=said):
        rendered(values)


def test_monitor_and_scaling_name_the_service():
    manifests = rendered(EVERYTHING)
    name = manifests["Service"]["metadata"]["name"]
    scaled, monitor = manifests["ScaledObject"], manifests["ServiceMonitor"]
    assert scaled["spec"]["scaleTargetRef"]["name"] == manifests["Deployment"]["metadata"]["name"]
    labels = manifests["Service"]["metadata"]["labels"]
    assert monitor["spec"]["selector"]["matchLabels"].items() <= labels.items()
    (endpoint,) = monitor["spec"]["endpoints"]
    assert endpoint["port"] in [port["name"] for port in manifests["Service"]["spec"]["ports"]]
    assert endpoint["path"] == "/metrics"
    for query in queries():
        assert f'namespace="speech",service="{name}"' in query


def queries() -> list[str]:
    triggers = rendered(EVERYTHING)["ScaledObject"]["spec"]["triggers"]
    return [trigger["metadata"]["query"] for trigger in triggers]


def test_scaling_names_metrics_that_exist():
    exposed = {metric.name for family in [Metrics().registry] for metric in family.collect()}
    for name in ("veena3_tts_least_headroom_seconds", "veena3_tts_requests_waiting", "veena3_tts_requests_running"):
        assert name in exposed and any(name in query for query in queries())


LABELS = '{namespace="speech",service="demo-veena3",pod="%s"}'
LOADS = {  # headroom, waiting and running of two pods -> wanted pods by each trigger
    "idle": (["+Inf", "+Inf"], [0, 0], [0, 0], [0, 0, 0]),
    "speaking": (["2", "1.5"], [0, 0], [3, 2], [0, 0, 5]),
    "little headroom on one": (["2", "0.1"], [0, 0], [3, 4], [3, 0, 7]),
    "little headroom on both": (["0.2", "0.1"], [0, 0], [4, 4], [4, 0, 8]),
    "one queues": (["1", "1"], [0, 3], [4, 4], [0, 3, 8]),
}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="NO PROMTOOL: the queries of KEDA are not evaluated")
@pytest.mark.parametrize("load", LOADS)
def test_scaling_follows_headroom_and_queue(load, tmp_path):
    headroom, waiting, running, wanted = LOADS[load]
    series = [
        {"series": f"veena3_tts_{name}{LABELS % pod}", "values": " ".join([str(values[pod])] * 20)}
        for name, values in (
            ("least_headroom_seconds", headroom),
            ("requests_waiting", waiting),
            ("requests_running", running),
        )
        for pod in (0, 1)
    ]
    expected = [
        {"expr": query, "eval_time": "2m", "exp_samples": [{"labels": "{}", "value": value}]}
        for query, value in zip(queries(), wanted, strict=True)
    ]
    suite = {
        "evaluation_interval": "15s",
        "tests": [{"interval": "15s", "input_series": series, "promql_expr_test": expected}],
    }
    (tmp_path / "test.yaml").write_text(yaml.safe_dump(suite))
    told = subprocess.run(["promtool", "test", "rules", "test.yaml"], cwd=tmp_path, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr
