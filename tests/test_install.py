"""The light installation (`pip install .`) resolves to binary wheels on every platform that README names."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
LINUX, LINUX_ARM = "x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"
MACOS, WINDOWS = "aarch64-apple-darwin", "x86_64-pc-windows-msvc"
OLDEST_MACOS = "14.0"  # the oldest that README names and that PyTorch supports
RESOLVE_S = 300


def light() -> list[str]:
    project: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return project["dependencies"]


def resolve(requirements: Sequence[str], python: str, platform: str, *index: str) -> subprocess.CompletedProcess[str]:
    """Resolve `requirements` to wheels, without source distributions. `index`: options that select another index."""
    target = ["--python-version", python, "--python-platform", platform, "--only-binary", ":all:"]
    # Without --python, uv searches for interpreters for 10 s.
    plain = ["--python", sys.executable, "--no-header", "--no-annotate", "--quiet"]
    return subprocess.run(
        [sys.executable, "-m", "uv", "pip", "compile", "-", *target, *plain, *index],
        input="\n".join(requirements),
        env=os.environ | {"MACOSX_DEPLOYMENT_TARGET": OLDEST_MACOS},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=RESOLVE_S,
    )


def resolved(requirements: Sequence[str], python: str, platform: str, *index: str) -> str:
    """Return the resolved versions. Fail the test if a requirement has no wheels; skip it if the index is incomplete.

    An index without any version of torch for the platform is an incomplete mirror. An index with another version of
    torch shows that the project's requirement is wrong.
    """
    answer = resolve(requirements, python, platform, *index)
    if not answer.returncode:
        return answer.stdout
    others = [one for one in requirements if not re.match(r"torch\b", one)]
    if (
        len(others) < len(requirements)
        and not resolve(others, python, platform, *index).returncode
        and resolve(["torch"], python, platform, *index).returncode
    ):
        pytest.skip(f"TORCH IS NOT CHECKED: this index has none for Python {python} on {platform}; all else resolves")
    pytest.fail(f"no wheels for Python {python} on {platform}:\n{answer.stderr}")


@cache
def index_answers() -> bool:
    return not resolve(["packaging"], PYTHONS[0], LINUX).returncode


@pytest.mark.parametrize("platform", [LINUX, LINUX_ARM, MACOS, WINDOWS])
@pytest.mark.parametrize("python", PYTHONS)
def test_binary_wheels_are_enough(python, platform):
    if not index_answers():
        pytest.skip("NO PACKAGE INDEX: the light installation is not resolved")
    found = resolved(light(), python, platform)
    assert len(found.splitlines()) > len(light())
    assert all(re.match(r"[\w.-]+==[\w.+]+", line) for line in found.splitlines()), "something comes from elsewhere"


def test_readme_names_what_is_resolved():
    readme = (ROOT / "README.md").read_text()
    needed = re.search(r"Python (3\.\d+) to (3\.\d+) .* is needed", readme)
    assert needed and needed.groups() == (PYTHONS[0], PYTHONS[-1])
    for system in ("Linux (x86-64 or Arm", f"macOS {OLDEST_MACOS.removesuffix('.0')} or newer", "Windows (x86-64)"):
        assert system in needed[0]


@pytest.fixture(scope="module")
def distribution(tmp_path_factory) -> Path:
    """Unpack the wheel that `pipx install .` and `uv tool install .` build."""
    source, folder = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(
        ["git", "ls-files", "-zco", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        if not name.startswith(("docs/", "tests/", "benchmarks/", "training/")) and (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", folder, source], check=True, timeout=120)
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as file:
        file.extractall(folder / "site")
    return folder / "site"


def test_installed_commands_find_the_embedded_voice_from_any_directory(distribution, tmp_path):
    entry = (next(distribution.glob("*.dist-info")) / "entry_points.txt").read_text()
    assert "veena3 = api.cli.main:main" in entry
    program = "from api.cli.main import main; main()"
    for command, told in (("--version", "veena3 "), ("doctor", "veena3-demo")):
        said = subprocess.run(
            [sys.executable, "-c", program, command],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(distribution), "PORT": "0", "ENGINE": "transformers"},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert said.returncode == 0 and told in said.stdout, said.stdout + said.stderr
        assert command != "doctor" or f"{distribution}/voices/demo" in said.stdout


def wheel(folder: Path, name: str, version: str, tag: str) -> None:
    """Write an empty wheel."""
    with zipfile.ZipFile(folder / f"{name}-{version}-{tag}.whl", "w") as file:
        info = f"{name}-{version}.dist-info"
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        file.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n")
        file.writestr(f"{info}/RECORD", "")


@pytest.fixture
def index(tmp_path):
    """Create a folder of wheels: `anything` for every platform, `old` for one Python, `torch` for Linux."""
    wheel(tmp_path, "anything", "1.0", "py3-none-any")
    wheel(tmp_path, "old", "1.0", "cp311-cp311-manylinux_2_17_x86_64")
    wheel(tmp_path, "torch", "2.0", "py3-none-manylinux_2_17_x86_64")
    return "--no-index", "--find-links", str(tmp_path)


def test_requirements_with_wheels_resolve(index):
    assert resolved(["anything>=1"], "3.14", WINDOWS, *index) == "anything==1.0\n"
    assert resolved(["old", "torch==2.0"], "3.11", LINUX, *index).split() == ["old==1.0", "torch==2.0"]


@pytest.mark.parametrize(("python", "platform"), [("3.13", LINUX), ("3.11", LINUX_ARM), ("3.11", MACOS)])
def test_requirement_without_wheels_fails(index, python, platform):
    with pytest.raises(pytest.fail.Exception, match="no wheels for"):
        resolved(["anything", "old", "torch==2.0"], python, platform, *index)


def test_index_without_torch_is_skipped_and_wrong_version_fails(index):
    with pytest.raises(pytest.skip.Exception, match="TORCH IS NOT CHECKED"):
        resolved(["anything", "torch==2.0"], "3.12", MACOS, *index)
    with pytest.raises(pytest.fail.Exception, match="no wheels for"):
        resolved(["anything", "torch==2.1"], "3.12", LINUX, *index)
