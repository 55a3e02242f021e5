import shutil
from pathlib import Path

import pytest


@pytest.fixture
def broken(tiny_path: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(tiny_path, tmp_path / "broken"))
