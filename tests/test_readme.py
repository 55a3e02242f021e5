"""The documents agree with the code: commands run, files exist, tables are complete."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import httpx
import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
QUICK_START = (ROOT / "docs/quickstart.md").read_text()
MOST_LINES = 150
START_S = 240


def test_readme_is_short():
    assert len(README.splitlines()) <= MOST_LINES


def without_make(document: str = README) -> list[str]:
    """Return the commands of the installation without `make`."""
    block: str = document.split("Without `make`")[1].split("```console\n")[1].split("```")[0]
    return block.splitlines()


def test_quick_start_repeats_the_steps_of_the_readme():
    assert without_make(QUICK_START) == without_make()


@pytest.mark.skipif(shutil.which("make") is None, reason="NO MAKE: its steps are not compared with README's")
def test_steps_without_make_are_those_of_make():
    """Except for options of an editable copy, and for default settings."""
    dry = subprocess.run(["make", "-nB", "serve"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for more in (" --quiet", " --editable", "CHECKPOINT=voices/demo ", " --host 127.0.0.1 --port 8000"):
        assert more in dry
        dry = dry.replace(more, "")
    assert len(without_make()) == 3 and set(without_make()) <= set(dry.splitlines())


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy of the files that a clone has."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def installed(copy: Path) -> Path:
    probe = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", copy / "var", "packaging"]
    if subprocess.run(probe).returncode:
        pytest.skip("NO PACKAGE INDEX: README's installation is not tried")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for line in without_make()[:-1]:
        subprocess.run(line, shell=True, cwd=copy, env=os.environ | {"PATH": path, "PYTHONPATH": ""}, check=True)
    return copy


@pytest.fixture
def speaking(installed: Path) -> Iterator[str]:
    """Address of the server that README's last command starts."""
    serve, environment = f"exec env {without_make()[-1]}", os.environ | {"PORT": "0", "PYTHONPATH": ""}
    with subprocess.Popen(
        serve, shell=True, cwd=installed, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        late = Timer(START_S, process.kill)
        late.start()
        try:
            told = (re.search(r"speaks at (http://[\d.:]+)", line) for line in process.stdout)
            yield next(filter(None, told))[1]
        finally:
            late.cancel()
            process.terminate()


@pytest.mark.slow
def test_steps_without_make_speak(speaking):
    said = {"text": "Hello, this is the demo voice.", "speaker": "lipakshi", "speed": 1.25}
    answer = httpx.post(f"{speaking}/v1/tts/generate", json=said, timeout=60)
    assert answer.status_code == 200 and 1 < float(answer.headers["x-audio-seconds"]) < 3


FOLDERS = (
    "api|audio|benchmarks|clients|core|deploy|docs|ops|processing|services|shared|supabase|tests|tools|training|voices"
)
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "voices").rglob("*.md")),
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_named_files_exist(document):
    text = document.read_text()
    named = [ROOT / path for path in re.findall(rf"`((?:{FOLDERS})/[\w./-]*)(?:::\w+)?`", text)]
    linked = [document.parent / path for path in re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", text)]
    assert [str(path) for path in named + linked if not path.exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_named_make_targets_exist(document):
    named = set(re.findall(r"^make ([a-z-]+)", document.read_text(), re.MULTILINE))
    named |= set(re.findall(r"`(?:[A-Z]+=\S+ )*make ([a-z-]+)`", document.read_text()))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named <= targets


def test_named_make_targets_are_found():
    """The pattern above sees the targets of the documents."""
    assert re.findall(r"^make ([a-z-]+)", README, re.MULTILINE) == ["serve", "test"]
