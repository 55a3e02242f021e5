import shutil
from pathlib import Path

import pytest


@pytest.fixture
def broken(tiny_path: Path, tmp_path: Path) -> Path:
    """Return a copy of the checkpoint that a test may change."""
    return Path(shutil.copytree(tiny_path, tmp_path / "broken"))
