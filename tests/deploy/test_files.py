"""Image, compose file, units and Prometheus' configuration, checked by their own tools where these are installed."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml
from packaging.requirements import Requirement

from shared.config import Settings

ROOT = Path(__file__).parents[2]
PASSWORDS = {"POSTGRES_PASSWORD": "a", "GRAFANA_PASSWORD": "b"}
NO_SETTINGS = {
    "VEENA3_HOME",
    "HF_HUB_OFFLINE",
    "VLLM_CACHE_ROOT",
    "TRITON_CACHE_DIR",
    "TORCHINDUCTOR_CACHE_DIR",
    "FLASHINFER_WORKSPACE_BASE",
}
CUDA = ("-f", "compose.yaml", "-f", "deploy/compose.cuda.yaml")


def needs(tool: str):
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"NO {tool.upper()}: its files are not checked")


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True)


@needs("docker-compose")
@pytest.mark.parametrize("files", [(), CUDA], ids=["cpu", "cuda"])
def test_compose_file_is_valid(files):
    told = run("docker-compose", *files, "config", **PASSWORDS)
    assert told.returncode == 0, told.stderr
    services = yaml.safe_load(told.stdout)["services"]
    assert set(services) == {"veena3", "postgres", "redis", "prometheus", "grafana"}
    for name, service in services.items():
        for port in service.get("ports", ()):
            assert str(port).startswith("127.0.0.1:"), f"{name} is open to other machines"


@needs("docker-compose")
def test_compose_file_has_no_default_password():
    told = run("docker-compose", "config")
    assert told.returncode != 0 and "set it in .env" in told.stderr


def test_files_that_compose_mounts_exist():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    mounted = [volume.split(":")[0] for service in services.values() for volume in service.get("volumes", ())]
    assert all((ROOT / path).exists() for path in mounted if path.startswith("./"))
    assert {match for match in re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text())} == set(PASSWORDS)


def test_environment_of_containers_is_of_settings_that_exist():
    files = ("compose.yaml", "deploy/compose.cuda.yaml")
    given = {
        name
        for file in files
        for name in yaml.safe_load((ROOT / file).read_text())["services"]["veena3"]["environment"]
    }
    unit = (ROOT / "deploy/systemd/veena3@.service").read_text()
    given |= {
        word.split("=")[0] for line in re.findall(r"^Environment=(.*)$", unit, re.MULTILINE) for word in line.split()
    }
    assert given - {name.upper() for name in Settings.model_fields} == NO_SETTINGS


@needs("promtool")
def test_prometheus_takes_its_configuration(tmp_path):
    shutil.copy(ROOT / "deploy/prometheus/prometheus.yml", tmp_path)
    (tmp_path / "rules").symlink_to(ROOT / "ops/prometheus")
    told = run("promtool", "check", "config", str(tmp_path / "prometheus.yml"))
    assert told.returncode == 0, told.stdout + told.stderr
    assert "alerts.yaml" in told.stdout and "alerts.test.yaml" not in told.stdout


def test_grafana_finds_dashboard_and_data_source():
    provisioning = ROOT / "deploy/grafana/provisioning"
    (source,) = yaml.safe_load((provisioning / "datasources/prometheus.yaml").read_text())["datasources"]
    (provider,) = yaml.safe_load((provisioning / "dashboards/veena3.yaml").read_text())["providers"]
    grafana = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["grafana"]
    assert source["url"] == "http://prometheus:9090"
    assert f"./ops/grafana:{provider['options']['path']}:ro" in grafana["volumes"]


@needs("systemd-analyze")
def test_unit_is_valid(tmp_path):
    unit = (ROOT / "deploy/systemd/veena3@.service").read_text().replace("/opt/veena3/.venv/bin/veena3", "/bin/true")
    (tmp_path / "veena3@0.service").write_text(unit)
    told = run("systemd-analyze", "verify", "--man=no", str(tmp_path / "veena3@0.service"))
    assert told.returncode == 0 and not told.stderr, told.stderr


def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text()


def test_image_has_every_package_of_the_service():
    """Resources of a Modal container, and the planners of the command line."""
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    sources = {name: place for place, name in re.findall(r"^COPY ((?:clients/python/)?(\w+)) /opt", dockerfile(), re.M)}
    copied = dict(re.findall(r"^COPY (?:clients/python/)?(\w+) (/opt/veena3/\w+)$", dockerfile(), re.MULTILINE))
    assert set(copied) == {package.removesuffix("*") for package in packages} | {"voices"}
    assert all(place == f"/opt/veena3/{name}" for name, place in copied.items())
    context = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"}
    assert set(sources.values()) | {"requirements.lock", "requirements-cpu.lock", "deploy/image"} <= context


def test_image_runs_without_root_and_installs_by_hash():
    assert dockerfile().count("pip install --require-hashes") == dockerfile().count("pip install") == 2
    stages = re.split(r"^FROM ", dockerfile(), flags=re.MULTILINE)[1:]
    users = {stage.split()[2]: re.findall(r"^USER (\S+)", stage, re.MULTILINE)[-1:] for stage in stages}
    assert users["service"] == users["cuda"] == ["10001:10001"] and users["cpu"] == []


def test_lock_for_cpus_satisfies_the_dependencies_without_cuda():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lock = (ROOT / "requirements-cpu.lock").read_text()
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE))
    extras = project["optional-dependencies"]
    for line in [*project["dependencies"], *extras["otel"], *extras["supabase"]]:
        wanted = Requirement(line)
        name = wanted.name.lower().replace("_", "-")
        assert name in locked and wanted.specifier.contains(locked[name]), f"{line}: run `make lock`"
    assert locked["torch"].endswith("+cpu") and not [name for name in locked if name.startswith("nvidia-")]
    assert len(locked) == len(re.findall(r"==\S+ \\\n    --hash=sha256:", lock))


@pytest.mark.slow
@needs("buildah")
@needs("mmdebstrap")
@pytest.mark.skipif(os.geteuid() != 0, reason="NOT ROOT: the image is not built")
def test_image_speaks_without_a_network(tmp_path):
    """Minutes, and packages from Debian and PyPI. IMAGE_ARGUMENTS go to `buildah build`."""
    command = [ROOT / "deploy/try-image", *os.environ.get("IMAGE_ARGUMENTS", "").split()]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout[-2000:] + told.stderr[-2000:]
    assert "uid=10001(veena3)" in told.stdout and "Application shutdown complete." in told.stderr
    sound, rate = soundfile.read(tmp_path / "hello.wav")
    assert rate == 16_000 and len(sound) > 8_000 and np.abs(sound).max() > 0.05
