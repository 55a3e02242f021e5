"""Alerts, dashboard and runbooks: the metrics, errors and files that they name exist."""

import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from shared.errors import ServiceError
from shared.metrics import Metrics

ROOT = Path(__file__).parents[2]
OPS = ROOT / "ops"
RULES = [OPS / "prometheus" / name for name in ("alerts.yaml", "objectives.yaml")]
EXAMPLES = [path.with_suffix(".test.yaml") for path in RULES]
ALERTS = [
    rule
    for path in RULES
    for group in yaml.safe_load(path.read_text())["groups"]
    for rule in group["rules"]
    if "alert" in rule
]
NO_PROMTOOL = pytest.mark.skipif(
    not shutil.which("promtool"), reason="NOT CHECKED: promtool is missing (Debian: prometheus)"
)


def exported():
    """Return the names of all series that the service exports."""
    names = set()
    for metric in Metrics().registry.collect():
        names |= {
            metric.name,
            *(f"{metric.name}{suffix}" for suffix in ("_total", "_bucket", "_sum", "_count", "_info")),
        }
    return names


def named(text):
    return set(re.findall(r"veena3_tts_\w+", text))


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_alerts_use_exported_metrics(path):
    assert named(path.read_text()) <= exported()


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_every_alert_has_a_runbook_that_names_it(rule):
    runbook = ROOT / rule["annotations"]["runbook"]
    assert rule["alert"] in runbook.read_text()


def test_runbooks_name_existing_metrics_and_error_codes():
    text = " ".join(path.read_text() for path in (ROOT / "docs/runbooks").glob("*.md"))
    short = {name.removeprefix("veena3_tts_") for name in exported()}
    assert set(re.findall(r"\b\w+_(?:total|sum|count|bucket|seconds|pending)\b", text)) <= short
    codes = {kind.code for kind in subclasses(ServiceError)}
    assert set(re.findall(r"`([A-Z]+_(?:FAILED|TIMEOUT|FAULT|OOM|LOADED))`", text)) <= codes


def subclasses(kind):
    return {kind}.union(*map(subclasses, kind.__subclasses__()))


def test_every_alert_has_a_rule_test():
    groups = [group for path in EXAMPLES for group in yaml.safe_load(path.read_text())["tests"]]
    shown = {test["alertname"] for group in groups for test in group["alert_rule_test"] if test["exp_alerts"]}
    assert shown == {rule["alert"] for rule in ALERTS}


@NO_PROMTOOL
@pytest.mark.parametrize(
    "arguments",
    [
        ("test", "rules", *EXAMPLES),
        ("check", "config", OPS / "prometheus/prometheus.yml"),
        ("check", "config", OPS / "otel/prometheus.yml"),
    ],
    ids=["rules", "scraping", "collector"],
)
def test_promtool_accepts(arguments):
    told = subprocess.run(["promtool", *arguments], capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.fixture(scope="module")
def grafana():
    spec = importlib.util.spec_from_file_location("dashboard", OPS / "grafana/dashboard.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_dashboard_file_is_up_to_date(grafana):
    assert json.loads(grafana.WRITTEN.read_text()) == grafana.dashboard(), "run python ops/grafana/dashboard.py"


def test_dashboard_shows_all_metrics_and_no_unknown_one(grafana):
    shown = named(json.dumps(grafana.dashboard()))
    assert shown <= exported()
    bare = {re.sub(r"_(total|bucket|sum|count|info)$", "", name) for name in shown}
    own = {name for metric in Metrics().registry.collect() if (name := metric.name).startswith("veena3_tts_")}
    missing = own - bare - {"veena3_tts_requests_completed"}
    assert missing == set()


def test_panels_do_not_overlap(grafana):
    taken = set()
    for panel in grafana.dashboard()["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert taken.isdisjoint(cells) and at["x"] + at["w"] <= 24
        taken |= cells
