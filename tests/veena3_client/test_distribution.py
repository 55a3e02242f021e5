"""The distribution `veena3-client`, installed alone as docs/clients.md says, and that of the service."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.api.conftest import Served

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "clients/python/pyproject.toml").read_text())["project"]
SERVICE = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_service_requires_what_the_client_requires():
    """The installation of the service contains the client, without its metadata."""
    assert set(PROJECT["dependencies"]) <= set(SERVICE["dependencies"])
    assert PROJECT["requires-python"] == SERVICE["requires-python"]
    assert {re.split(r"\W", name)[0] for name in PROJECT["dependencies"]} == {"httpx", "websockets"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """Environment with the client and its dependencies alone; its interpreter."""
    here = tmp_path_factory.mktemp("client")
    shutil.copytree(ROOT / "clients/python", here / "clients/python", ignore=shutil.ignore_patterns("build", "*.egg-*"))
    (plain, _) = re.findall(
        r"^\.venv/bin/pip (install .*clients/python.*)$", (ROOT / "docs/clients.md").read_text(), re.M
    )
    subprocess.run([sys.executable, "-m", "venv", here / ".venv"], check=True)
    done = subprocess.run(
        [here / ".venv/bin/pip", *plain.split(), "mypy"], cwd=here, capture_output=True, text=True, timeout=300
    )
    if "Could not find a version" in done.stderr:
        pytest.skip("NO PACKAGE INDEX: the client is not installed alone")
    assert done.returncode == 0, done.stderr
    return here / ".venv/bin/python"


def run(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [python, *arguments], cwd=python.parents[2], env=alone, capture_output=True, text=True, timeout=120
    )


USE = """
import sys
from veena3_client import UsageError, Veena3

with Veena3(base_url=sys.argv[1]) as client:
    speech = client.tts.generate("Hello there.", speaker="lipakshi")
    with client.tts.websocket() as socket, socket.context(speaker="lipakshi") as context:
        context.speak("Hello there.")
        assert len(b"".join(context.audio())) == len(speech.audio) - 44
    try:
        speech.to_numpy()
    except UsageError as error:
        print(error)
"""
TYPED = """
from typing_extensions import assert_type
from veena3_client import Event, Speech, Veena3

client = Veena3()
assert_type(client.tts.generate("a", speaker="b"), Speech)
assert_type([event for event in client.tts.stream("a", speaker="b").events()], list[Event])
client.tts.generate("a", speaker="b", format="wma")
client.tts.generate("a", speaker="b", sped=2.0)
client.tts.generate("a")
"""


@pytest.mark.slow
def test_client_speaks_from_an_environment_of_its_own(server: Served, installed):
    done = run(installed, "-W", "error", "-c", USE, server.url)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "numpy is not installed: pip install 'veena3-client[numpy]'\n"
    listed = run(installed, "-m", "pip", "list", "--format", "freeze").stdout.lower()
    assert "veena3-client==" in listed and not re.search(r"^(numpy|torch|fastapi|pydantic|veena3-tts)=", listed, re.M)


@pytest.mark.slow
def test_types_of_the_installed_client_are_those_of_its_users(installed):
    (installed.parents[2] / "typed.py").write_text(TYPED)
    told = run(installed, "-m", "mypy", "--strict", "typed.py").stdout
    assert "Found 3 errors" in told, told
    for part in ('"format" to "generate" of "Tts" has incompatible type', '"sped"', 'Missing named argument "speaker"'):
        assert part in told, told
