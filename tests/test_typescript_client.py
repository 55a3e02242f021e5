"""The TypeScript client: compiled with `strict`, and its own tests with Node against a running server."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.config import Settings
from tests.api.conftest import Served, serving
from tests.api.keys import Guarded, guarding
from tests.fakes import FakeEngine
from veena3_client.errors import class_of
from veena3_client.options import SpeechOptions

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "clients/typescript"
TSC = ROOT / ".venv-clients/node_modules/.bin/tsc"


def test_options_and_codes_are_those_of_the_python_client():
    types, errors = (PACKAGE / "src/types.ts").read_text(), (PACKAGE / "src/errors.ts").read_text()
    options = types.split("export interface SpeechOptions {")[1].split("\n}")[0]
    assert set(re.findall(r"^  (\w+)\?:", options, re.MULTILINE)) == set(SpeechOptions.__annotations__)
    codes = dict(re.findall(r"^  ([A-Z_]+): (\w+),$", errors, re.MULTILINE))
    assert codes and {code: class_of(code, None).__name__ for code in codes} == codes


needs_tools = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("node") is None, reason="NO node: THE TYPESCRIPT CLIENT IS UNTESTED"),
    pytest.mark.skipif(not TSC.exists(), reason="NO tsc (`make clients`): THE TYPESCRIPT CLIENT IS UNTESTED"),
]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("typescript") / "client"
    shutil.copytree(PACKAGE, folder, ignore=shutil.ignore_patterns("node_modules", "dist"))
    done = subprocess.run([TSC, "-p", folder], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture(scope="module")
def guarded(tiny, tmp_path_factory) -> Iterator[Guarded]:
    with guarding(tiny, f"sqlite:///{tmp_path_factory.mktemp('typescript')}/veena3.db") as one:
        yield one


def node(folder: Path, *arguments: str, **environment: str) -> None:
    command = ["node", "--experimental-websocket", "--disable-warning=ExperimentalWarning", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]


class TestWithNode:
    pytestmark = needs_tools

    def test_its_own_tests_pass(self, compiled, served: Served, guarded: Guarded):
        served.engine.delay_s = 0.002
        served_by = {"VEENA3_BASE_URL": served.url, "VEENA3_GUARDED_URL": guarded.served.url}
        node(compiled, "--test", "test/", VEENA3_API_KEY=guarded.key(), **served_by)

    @pytest.mark.skipif(shutil.which("npm") is None, reason="NO npm: THE PACKAGE IS NOT INSTALLED")
    def test_programs_of_the_documents_run_once_the_package_is_installed_as_they_say(self, tmp_path, served: Served):
        page, own = (ROOT / "docs/clients.md").read_text(), (PACKAGE / "README.md").read_text()
        shutil.copytree(PACKAGE, tmp_path / "clients/typescript", ignore=shutil.ignore_patterns("node_modules", "dist"))
        (tmp_path / "package.json").write_text('{"type": "module"}')
        for command in re.findall(r"^npm .*$", page, re.MULTILINE):
            done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=300)
            if "E404" in done.stderr or "ENOTFOUND" in done.stderr or "ECONNREFUSED" in done.stderr:
                pytest.skip("NO NPM REGISTRY: the package is not installed")
            assert done.returncode == 0, done.stderr
        for program in re.findall(r"```ts\n(.*?)```", page + own, re.DOTALL):
            (tmp_path / "program.ts").write_text(program.replace("http://127.0.0.1:8000", served.url))
            options = ["--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.iterable"]
            done = subprocess.run([TSC, *options, "program.ts"], cwd=tmp_path, capture_output=True, text=True)
            assert done.returncode == 0, done.stdout
            node(tmp_path, "program.js")


@pytest.fixture(scope="module")
def served(tiny) -> Iterator[Served]:
    with serving(tiny, FakeEngine(tiny.vocabulary), Settings(window_first=4, window_lookahead=3)) as one:
        yield one
