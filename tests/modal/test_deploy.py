"""`modal deploy app.py` against a control plane on loopback: Modal receives the settings of the deployment."""

import os
import re
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import modal
import pytest
from packaging.requirements import Requirement

from shared.deployment import Deployment
from tests.modal.conftest import SECRETS
from tests.modal.loopback import ROOT, Modal, run

PACKAGES = ("api", "audio", "core", "processing", "services", "shared", "tools")
CLIENTS = "clients/python"

assert modal.__version__ == "1.6.4", "these tests use internals of the SDK: review them before changing its version"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Modal]:
    """Deploy with no setting but the revision."""
    with deployed_at(tmp_path_factory.mktemp("plain")) as platform:
        yield platform


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Modal]:
    """Deploy the low-latency server too."""
    with deployed_at(tmp_path_factory.mktemp("direct"), DEPLOY_DIRECT="true") as platform:
        yield platform


@contextmanager
def deployed_at(path: Path, **settings: str) -> Iterator[Modal]:
    with loopback(path) as platform:
        deployed = platform.deploy(DEPLOY_REVISION="r1", **settings)
        assert deployed.returncode == 0, deployed.stdout + deployed.stderr
        yield platform


def loopback(path: Path, **secrets: dict[str, str]):
    return Modal(path, {}, SECRETS | secrets).running()


def test_deployment_has_the_documented_defaults(plain):
    function, scaling = asked(plain, "Speech")
    assert plain.plane.requests("AppCreate")[0].description == "veena3-tts"
    assert (function.resources.gpu_config.gpu_type, function.resources.gpu_config.count) == ("L40S", 1)
    assert (function.resources.milli_cpu, function.resources.memory_mb) == (4000, 16384)
    assert (scaling.min_containers, scaling.max_containers, scaling.buffer_containers) == (1, 10, 2)
    assert (scaling.scaledown_window, function.startup_timeout_secs, function.timeout_secs) == (180, 1200, 3600)
    assert (function.max_concurrent_inputs, function.target_concurrent_inputs) == (96, 64)
    assert not function.checkpointing_enabled and not function.experimental_options
    assert function.routing_region == "us-east" and not function.scheduler_placement.regions
    web = function.method_definitions["web"].webhook_config
    assert (web.requested_suffix, web.requires_proxy_auth) == ("veena3-tts", False) and not web.custom_domains


def test_direct_server_is_not_deployed_unless_it_is_asked_for(plain):
    """Its address has no queue: whatever finds it starts containers, with a ceiling of their own."""
    deployed = set(plain.plane.functions)
    assert deployed == {"Speech", "download", "train_aligner"}  # nor a probe, which would start containers too


def test_direct_server_has_the_documented_defaults(direct):
    function, scaling = asked(direct, "SpeechServer")
    assert (function.http_config.port, function.http_config.unauthenticated) == (8000, True)
    assert (function.http_config.exit_grace_period, list(function.http_config.proxy_regions)) == (150, ["us-east"])
    assert (scaling.min_containers, scaling.max_containers, scaling.target_concurrency_float) == (1, 2, 64)
    assert function.max_concurrent_inputs == 96 and function.resources.gpu_config.gpu_type == "L40S"


def test_training_of_an_aligner_has_a_gpu_and_writable_volumes(plain):
    function = plain.plane.functions["train_aligner"].function
    mounted = {mount.mount_path: mount.read_only for mount in function.volume_mounts}
    assert mounted == {"/models": False, "/cache": False}
    assert function.resources.gpu_config.gpu_type == "L40S" and function.timeout_secs == 240 * 60


@pytest.mark.parametrize("name", ["Speech", "SpeechServer"])
def test_weights_are_read_only_and_the_cache_is_writable(direct, name):
    function, _ = asked(direct, name)
    mounted = {
        mount.mount_path: (direct.plane.volumes[mount.volume_id].deployment_name, mount.read_only)
        for mount in function.volume_mounts
    }
    assert mounted == {"/models": ("veena3-models", True), "/cache": ("veena3-cache", False)}


@pytest.mark.parametrize("name", ["Speech", "SpeechServer"])
def test_container_receives_the_deployment_environment(direct, name):
    named, told = secrets(direct, name)
    assert named == ["veena3-secrets"]
    assert told == Deployment(revision="r1", direct=True).environment()


def test_commit_as_revision_is_verified_by_the_server():
    commit = "0123456789abcdef0123456789abcdef01234567"
    assert Deployment(revision=commit).environment()["CHECKPOINT_REVISION"] == commit
    assert "CHECKPOINT_REVISION" not in Deployment(revision="r1").environment()


def test_deployment_ships_all_packages_and_no_other_file(plain):
    function, _ = asked(plain, "Speech")
    shipped = {path for mount in function.mount_ids for path in plain.plane.mounts[mount]}
    listing = ["git", "ls-files", "-co", "--exclude-standard", "app.py", *PACKAGES, f"{CLIENTS}/veena3_client"]
    tracked = [path.removeprefix(f"{CLIENTS}/") for path in run(listing, cwd=ROOT).stdout.split()]
    assert len(tracked) > 100 and shipped == {f"/root/{path}" for path in tracked}


def test_image_pins_every_layer(plain):
    commands = [command for image in plain.plane.images.values() for command in image.dockerfile_commands]
    assert "FROM nvidia/cuda:13.0.1-devel-ubuntu24.04" in commands and "ENTRYPOINT []" in commands
    assert any(re.search(r"COPY --from=ghcr.io/astral-sh/uv:\d+\.\d+\.\d+ ", command) for command in commands)
    (installing,) = [command for command in commands if "uv pip install" in command]
    assert "--requirements /.uv/0/requirements.lock" in installing
    shipped = [file.data for image in plain.plane.images.values() for file in image.context_files]
    assert shipped == [(ROOT / "requirements.lock").read_bytes()]
    assert {"ENV HF_HUB_OFFLINE=1", "ENV VLLM_CACHE_ROOT=/cache/vllm", "ENV FLASHINFER_WORKSPACE_BASE=/cache"} <= set(
        commands
    )


def test_lock_file_satisfies_the_dependencies_with_hashes():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lock = (ROOT / "requirements.lock").read_text()
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE))
    extras = project["optional-dependencies"]
    for line in [*project["dependencies"], *extras["vllm"], *extras["otel"], *extras["supabase"]]:
        wanted = Requirement(line)
        name = wanted.name.lower().replace("_", "-")
        assert name in locked and wanted.specifier.contains(locked[name]), f"{line}: run `make lock`"
    assert len(re.findall(r"^\S+==", lock, re.MULTILINE)) == len(re.findall(r"==\S+ \\\n    --hash=sha256:", lock))


def test_deploying_needs_only_the_deploy_group():
    """A machine that deploys has Modal's SDK and pydantic; the image has all other packages."""
    absent = ("numpy", "torch", "httpx", "websockets", "structlog", "fastapi", "uvicorn", "typer", "yaml")
    code = f"import sys; sys.modules.update(dict.fromkeys({absent})); import app"
    imported = run([sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"DEPLOY_REVISION": "r1"})
    assert imported.returncode == 0, imported.stderr


def test_every_setting_reaches_modal(tmp_path):
    settings = {
        "APP_NAME": "tts-eu",
        "MODELS_VOLUME": "eu-models",
        "CACHE_VOLUME": "eu-cache",
        "SECRET": "eu-secrets",
        "SECRET_KEYS": "DATABASE_URL,REDIS_URL",
        "REVISION": "0123abc",
        "GPU": "H100!",
        "CPU": "6.5",
        "MEMORY_MIB": "32768",
        "REGION": "eu-west",
        "ROUTING_REGION": "eu-west",
        "MAX_CONTAINERS": "7",
        "MIN_CONTAINERS": "3",
        "BUFFER_CONTAINERS": "1",
        "DIRECT": "true",
        "DIRECT_MIN_CONTAINERS": "2",
        "DIRECT_MAX_CONTAINERS": "5",
        "DIRECT_PORT": "8123",
        "SCALEDOWN_WINDOW_S": "90",
        "PROXY_AUTH": "true",
        "CUSTOM_DOMAINS": "speech.example.com,tts.example.com",
        "MAX_RUNNING": "6",
        "MAX_INPUTS": "16",
        "TARGET_INPUTS": "9",
        "PROBE_URL": "https://speech.example.com",
        "PROBE_MINUTES": "3",
        "STARTUP_TIMEOUT_S": "600",
        "TIMEOUT_S": "900",
        "DRAIN_S": "40",
        "SNAPSHOT": "gpu",
    }
    assert {name.lower() for name in settings} == set(Deployment.model_fields)
    with loopback(tmp_path, **{"eu-secrets": dict.fromkeys(("DATABASE_URL", "REDIS_URL"), "")}) as platform:
        deployed = platform.deploy(**{f"DEPLOY_{name}": value for name, value in settings.items()})
        assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    function, scaling = asked(platform, "Speech")
    direct, direct_scaling = asked(platform, "SpeechServer")
    assert platform.plane.requests("AppCreate")[0].description == "tts-eu"
    assert {volume.deployment_name for volume in platform.plane.volumes.values()} == {"eu-models", "eu-cache"}
    named, told = secrets(platform, "Speech")
    assert named == ["eu-secrets"]
    (secret,) = [secret for secret in platform.plane.secrets.values() if secret.deployment_name]
    assert list(secret.required_keys) == ["DATABASE_URL", "REDIS_URL"]
    assert told["CHECKPOINT"] == "/models/0123abc" and told["MAX_RUNNING"] == "6" and told["SNAPSHOT"] == "gpu"
    for each in (function, direct):
        assert each.resources.gpu_config.gpu_type == "H100!" and each.max_concurrent_inputs == 16
        assert (each.resources.milli_cpu, each.resources.memory_mb) == (6500, 32768)
        assert list(each.scheduler_placement.regions) == ["eu-west"] and each.startup_timeout_secs == 600
        assert each.checkpointing_enabled and dict(each.experimental_options) == {"enable_gpu_snapshot": "True"}
    assert (scaling.min_containers, scaling.max_containers, scaling.buffer_containers) == (3, 7, 1)
    assert (scaling.scaledown_window, function.target_concurrent_inputs, function.timeout_secs) == (90, 9, 900)
    assert function.routing_region == "eu-west" and list(direct.http_config.proxy_regions) == ["eu-west"]
    assert (direct_scaling.min_containers, direct_scaling.max_containers) == (2, 5)
    assert direct_scaling.target_concurrency_float == 9
    probe = platform.plane.functions["probe"]
    assert probe.function.schedule.period.minutes == 3 and told["DEPLOY_PROBE_URL"] == settings["PROBE_URL"]
    web = function.method_definitions["web"].webhook_config
    assert web.requires_proxy_auth and not direct.http_config.unauthenticated
    assert [domain.name for domain in web.custom_domains] == ["speech.example.com", "tts.example.com"]
    assert (direct.http_config.exit_grace_period, direct.http_config.port) == (40, 8123)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"DEPLOY_GPU": "L999"}, "app.py: setting DEPLOY_GPU: Input should be 'L4'"),
        ({"DEPLOY_MAX_CONTAINER": "3"}, "DEPLOY_MAX_CONTAINER: there is none of this name; did you mean DEPLOY_MAX_CO"),
        ({"DEPLOY_PROBE_URL": "speech.example.com"}, "DEPLOY_PROBE_URL: must be an http:// or https:// URL"),
        ({"DEPLOY_SECRET": "unknown"}, "Secret 'unknown' not found"),
        ({"DEPLOY_SECRET_KEYS": "REDIS_URL"}, "Secret is missing key(s): REDIS_URL"),
    ],
)
def test_invalid_setting_prevents_the_deployment(tmp_path, settings, said):
    with loopback(tmp_path) as platform:
        refused = platform.deploy(DEPLOY_REVISION="r1", **settings)
    told = refused.stdout + refused.stderr
    assert refused.returncode == 1 and "Traceback" not in told
    assert said in re.sub(r"[│\s]+", " ", told)
    assert not platform.plane.requests("AppPublish")


def asked(platform, name):
    function = platform.plane.functions[name].function
    return function, function.autoscaler_settings


def secrets(platform, name):
    """Return the names of a class's secrets, and its environment from other sources."""
    requests = [platform.plane.secrets[secret] for secret in asked(platform, name)[0].secret_ids]
    environment = {name: value for request in requests for name, value in request.env_dict.items()}
    return [request.deployment_name for request in requests if request.deployment_name], environment
