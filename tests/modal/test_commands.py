"""`modal run app.py::…`: the commands of operators."""

import json
import random
import shutil

import pytest

from core.alignment import load_aligner
from core.checkpoint.manifest import verify_manifest
from services.weights import SPARK_TTS
from shared.config import Settings
from tests.api.conftest import serving
from tests.collector import collecting
from tests.fakes import FakeEngine
from tests.hub import HubRepo
from tests.modal.conftest import SECRETS
from tests.modal.loopback import ROOT, Modal
from tools.aligner.texts import rows

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def hub():
    files = {path: (ROOT / "voices/demo" / path).read_bytes() for path in SPARK_TTS.needed}
    repo = HubRepo("veena/demo", COMMIT, files | {"LLM/optimizer.pt": b"not for inference"})
    with repo.running() as repo.port:
        yield repo


@pytest.fixture
def collector():
    with collecting() as running:
        yield running


@pytest.fixture
def platform(tmp_path, hub, collector):
    """Run a platform whose secret has the addresses of the local hub and collector."""
    secret = SECRETS["veena3-secrets"] | {
        "HF_ENDPOINT": f"http://127.0.0.1:{hub.port}",
        "OTLP_METRICS_ENDPOINT": collector.url("metrics"),
        "VEENA3_HEADERS": "Modal-Key:wk-1 Modal-Secret:ws-1",
    }
    with Modal(tmp_path, {"/models": tmp_path / "models"}, {"veena3-secrets": secret}).running() as running:
        yield running


def test_download_runs_without_a_gpu_and_with_a_writable_volume(platform):
    assert platform.deploy(DEPLOY_REVISION="r1").returncode == 0
    function = platform.plane.functions["download"].function
    (mount,) = function.volume_mounts
    assert (mount.mount_path, mount.read_only) == ("/models", False)
    assert not function.resources.HasField("gpu_config") or not function.resources.gpu_config.gpu_type
    assert function.timeout_secs == 7200


def test_download_fills_the_volume_and_commits_it(platform, hub, tmp_path):
    """Run `download` in Modal's own runtime; the connection breaks once, and no byte is fetched twice."""
    hub.break_at["LLM/model.safetensors"] = 100_000
    arguments = ("run", "app.py::download", "--repo", hub.name, "--revision")
    told = platform.command(*arguments, COMMIT, DEPLOY_REVISION="none")
    assert told.returncode == 0, told.stdout + told.stderr
    manifest = verify_manifest(tmp_path / "models" / COMMIT, revision=COMMIT)
    assert manifest is not None and {file.path for file in manifest.files} == set(SPARK_TTS.needed)
    assert [wanted for path, wanted in hub.requests if path == "LLM/model.safetensors"] == [None, "bytes=100000-"]
    (worker,) = platform.workers
    assert len(worker.requests("VolumeCommit")) == 1 and "LLM/model.safetensors: " in worker.log.read_text()

    refused = platform.command(*arguments, "main", DEPLOY_REVISION="none")
    assert refused.returncode == 1 and "revision main: the full hash of a commit is needed" in refused.stderr
    assert not platform.workers[1].requests("VolumeCommit")


@pytest.mark.slow
def test_training_of_an_aligner_fills_the_volume_and_commits_it(platform, tmp_path):
    """Run `train_aligner` in Modal's own runtime, with given pairs: this machine has no GPU for the engine."""
    weights = tmp_path / "models" / "demo"
    shutil.copytree(ROOT / "voices/demo", weights, ignore=shutil.ignore_patterns("aligner"))
    rng, texts = random.Random(1), rows(["en", "hi", "te"], 1)
    with (weights / "pairs.jsonl").open("w", encoding="utf-8") as file:
        for text, _ in zip(texts, range(60), strict=False):
            tokens = [rng.randrange(500) for _ in range(4 * len(text))]
            file.write(json.dumps({"text": text, "tokens": tokens}, ensure_ascii=False) + "\n")
    arguments = ("run", "app.py::train_aligner", "--pairs", "pairs.jsonl", "--minutes")
    told = platform.command(*arguments, "0.02", DEPLOY_REVISION="demo")
    (worker,) = platform.workers
    assert told.returncode == 0, told.stdout + told.stderr + worker.log.read_text()[-3000:]
    assert "on 6 held-out pairs" in worker.log.read_text() and "false alarms" in worker.log.read_text()
    assert load_aligner(weights) is not None and not (weights / "aligner.partial").exists()
    assert len(worker.requests("VolumeCommit")) == 1

    refused = platform.command(*arguments, "181", DEPLOY_REVISION="demo")
    assert refused.returncode == 1 and "181 is not above 0 and at most 180" in refused.stderr


def test_smoke_passes_with_a_working_server(platform, tiny):
    with serving(tiny, FakeEngine(tiny.vocabulary, length=100, delay_s=0.001), Settings()) as served:
        told = platform.command("run", "app.py::smoke", "--url", served.url, DEPLOY_REVISION="none")
    assert told.returncode == 0, told.stdout + told.stderr
    for check in ("stream over http", "stream over sse", "stream over ws", "whole file", "client disconnects"):
        assert check in told.stdout
    assert "FAILED" not in told.stdout


def test_smoke_fails_without_a_server(platform):
    told = platform.command("run", "app.py::smoke", "--url", "http://127.0.0.1:9", DEPLOY_REVISION="none")
    assert told.returncode != 0 and "no server answers" in told.stdout + told.stderr


def test_scheduled_probe_checks_the_deployment_and_pushes_the_results(platform, collector, tiny):
    """Modal's scheduler calls it without arguments, as `modal run` does."""
    with serving(tiny, FakeEngine(tiny.vocabulary, length=100, delay_s=0.001), Settings()) as served:
        probing = {"DEPLOY_REVISION": "none", "DEPLOY_PROBE_URL": served.url}
        told = platform.command("run", "app.py::probe", **probing)
        assert told.returncode == 0, told.stdout + told.stderr
    assert collector.sum("veena3_probe_success", target=served.url) == 1
    assert "stream over ws" in platform.workers[0].log.read_text()
    told = platform.command("run", "app.py::probe", **probing)
    assert told.returncode == 1 and "no server answers" in told.stdout + told.stderr
    assert collector.sum("veena3_probe_success", target=served.url) == 0
    assert list(collector.resources) == [served.url]  # each run is the same series
