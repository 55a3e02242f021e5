"""Deployments on loopback whose volume holds the demo voice."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.modal.loopback import ROOT, Modal

# Settings for a machine without a GPU; the deployment gives a container all others.
ON_CPU = {
    "DEVICE": "cpu",
    "CODEC_MODE": "eager",
    "AUTH_BYPASS_MODE": "true",
    "OMP_WAIT_POLICY": "passive",
    "OMP_NUM_THREADS": "1",
}
SECRETS = {"veena3-secrets": {"DATABASE_URL": "sqlite://"}}


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Modal]]:
    """Return a function that runs `modal deploy` with settings, each time on a new platform."""
    models = tmp_path_factory.mktemp("models")
    (models / "demo").symlink_to(ROOT / "voices" / "demo")
    (models / "empty").mkdir()
    with ExitStack() as stack:

        def deploy(**settings: str) -> Modal:
            path: Path = tmp_path_factory.mktemp("modal")
            mounts = {"/models": models, "/cache": path / "cache"}
            platform = stack.enter_context(Modal(path, mounts, SECRETS).running())
            answer = platform.deploy(
                **{"DEPLOY_REVISION": "demo", "DEPLOY_MAX_RUNNING": "3", "DEPLOY_MAX_INPUTS": "3"} | settings
            )
            assert answer.returncode == 0, answer.stdout + answer.stderr
            return platform

        yield deploy
