"""What many tests share. Each expensive thing is made once in a session."""

from pathlib import Path

import pytest
from hypothesis import settings

from shared.config import prepare_process

prepare_process()
settings.register_profile("shared-cores", deadline=None)  # a slow moment of the machine is no counter-example
settings.load_profile("shared-cores")

from core.checkpoint.builder import build_checkpoint  # noqa: E402
from core.checkpoint.reading import Checkpoint, open_checkpoint  # noqa: E402


@pytest.fixture(scope="session")
def tiny_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete checkpoint directory at the smallest dimensions. Read only."""
    return build_checkpoint(tmp_path_factory.mktemp("tiny") / "checkpoint", "tiny")


@pytest.fixture(scope="session")
def tiny(tiny_path: Path) -> Checkpoint:
    return open_checkpoint(tiny_path)
