"""Commands of the runbooks, run as they are written, against a server that requires keys and has answered requests."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from core.checkpoint.manifest import Manifest, ManifestFile, sha256_of, write_manifest
from services.accounts.caller import Scope
from tests.api.keys import make_key
from tests.fake_server import fake_server
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
COMMAND = re.compile(r"`((?:curl|veena3|redis-cli|psql|modal|nvidia-smi) [^`]+)`")
ELSEWHERE = ("modal", "nvidia-smi")  # what they ask is not on this machine
SAID = {"text": "Hello there.", "speaker": "lipakshi", "seed": 7}
VEENA3 = f"veena3() {{ {sys.executable} -c 'from api.cli.main import main; main()' \"$@\"; }}"
COMMIT = "0" * 40

WRITTEN = [
    pytest.param(command, id=f"{path.stem}-{number}")
    for path in sorted((ROOT / "docs/runbooks").glob("[a-z]*.md"))
    for number, command in enumerate(COMMAND.findall(path.read_text()), 1)
    if not command.startswith(ELSEWHERE)
]


@pytest.fixture(scope="module")
def shell(tiny_path, tmp_path_factory, postgres):
    """Return a function that runs a command as an operator would; names in the runbooks are defined."""
    here = tmp_path_factory.mktemp("runbooks")
    database, records = f"sqlite:///{here}/veena3.db", here / "records.db"
    secret = make_key(database, Scope.GENERATE, Scope.DEBUG)[1]
    _download(here / "weights")
    settings = {"auth_bypass_mode": False, "database_url": database, "records": "full", "records_path": records}
    with fake_server(tiny_path, **settings) as server:
        headers = {"X-API-Key": secret, "X-Request-ID": "the-one"}
        assert httpx.post(f"{server.url}/v1/tts/generate", json=SAID, headers=headers, timeout=60).status_code == 200
        named = {
            **{
                "URL": server.url,
                "KEY": secret,
                "VEENA3_API_KEY": secret,
                "ID": "the-one",
                "DATABASE_URL": postgres.url(),
            },
            **{"TEXT": SAID["text"], "SPEAKER": SAID["speaker"], "SEED": str(SAID["seed"])},
            **{"DIR": str(here / "weights"), "COMMIT": COMMIT, "CHECKPOINT": str(tiny_path), "PORT": str(free_port())},
            **{"RECORDS_PATH": str(records), "PYTHONPATH": str(ROOT)},
        }

        def run(command: str, **more: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                ["bash", "-c", f"{VEENA3}; {command}"],
                **{"env": os.environ | named | more, "cwd": here, "capture_output": True, "text": True, "timeout": 120},
            )

        yield run


def _download(directory: Path) -> None:
    file = directory / "config.json"
    directory.mkdir()
    file.write_text("{}")
    files = (ManifestFile(path=file.name, size=file.stat().st_size, sha256=sha256_of(file)),)
    write_manifest(directory, Manifest(repo="a/b", revision=COMMIT, files=files))


@pytest.mark.parametrize("command", WRITTEN)
def test_runbook_command_succeeds(shell, redis, command):
    name = command.split()[0]
    if name != "veena3" and not shutil.which(name):
        pytest.skip(f"NOT RUN: {name} is missing")
    told = shell(command, REDIS_URL=redis.url)
    assert told.returncode == 0 and '"error":' not in told.stdout, told.stdout + told.stderr
