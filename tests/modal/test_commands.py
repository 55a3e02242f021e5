"""`modal run app.py::…`: what ops run beside deploying."""

import pytest

from shared.config import Settings
from tests.api.conftest import serving
from tests.fakes import FakeEngine
from tests.modal.loopback import Modal


@pytest.fixture
def platform(tmp_path):
    with Modal(tmp_path, {}, {"veena3-secrets": {"DATABASE_URL"}}).running() as running:
        yield running


def test_weights_are_downloaded_where_the_volume_can_be_written(platform):
    assert platform.deploy(DEPLOY_REVISION="r1").returncode == 0
    function = platform.plane.functions["download"].function
    (mount,) = function.volume_mounts
    assert (mount.mount_path, mount.read_only) == ("/models", False)
    assert not function.resources.HasField("gpu_config") or not function.resources.gpu_config.gpu_type
    assert function.timeout_secs == 7200


def test_smoke_passes_against_a_server_that_speaks(platform, tiny):
    with serving(tiny, FakeEngine(tiny.vocabulary, length=100, delay_s=0.001), Settings()) as served:
        told = platform.command("run", "app.py::smoke", "--url", served.url, DEPLOY_REVISION="none")
    assert told.returncode == 0, told.stdout + told.stderr
    for check in ("stream over http", "stream over sse", "stream over ws", "whole file", "a listener leaves"):
        assert check in told.stdout
    assert "FAILED" not in told.stdout


def test_smoke_fails_where_no_server_is(platform):
    told = platform.command("run", "app.py::smoke", "--url", "http://127.0.0.1:9", DEPLOY_REVISION="none")
    assert told.returncode != 0 and "no server answers" in told.stdout + told.stderr
