"""The programs of docs/clients.md and of the package's own page, run as they are written."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.conftest import Served

ROOT = Path(__file__).parents[2]
PAGES = ("docs/clients.md", "clients/python/README.md")
PROGRAMS = [
    pytest.param(program, id=f"{page}-{number}")
    for page in PAGES
    for number, program in enumerate(re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.DOTALL))
]
PACKAGE = ROOT / "clients/python"


@pytest.mark.parametrize("program", PROGRAMS)
def test_program_runs(server: Served, tmp_path, program):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program.replace("http://127.0.0.1:8000", server.url)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(PACKAGE)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0 and not done.stderr, done.stderr
    assert all(path.stat().st_size > 1000 for path in tmp_path.iterdir())
