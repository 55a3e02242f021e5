"""Every attempt of `tests.attack.attempts` beside a client that listens and pays."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attack.attempts import ATTEMPTS, http, messages, sockets, speech  # noqa: F401 - they register
from tests.attack.bystanders import LISTENER, Attacked, attacked_service, unharmed
from tests.listener import ROOT, listening

SHORT_S, LONG_S = 0.0, 3.0
"""Seconds for which each attempt is repeated; at least one round of each attacker."""


def run(service: Attacked, seconds: float, names: list[str]) -> str:
    command = [sys.executable, "-m", "tests.attack.attempts", str(seconds), str(service.server.port)]
    done = subprocess.run(
        [*command, service.attacker.secret, *names], cwd=ROOT, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "engine",
    ["fake", *(pytest.param(engine, marks=pytest.mark.attack) for engine in ("transformers", "vllm"))],
)
def test_attempts_one_after_the_other_harm_no_other_client(tmp_path: Path, capsys, engine: str) -> None:
    with attacked_service(tmp_path, engine) as service:
        with listening(service.server.url, LISTENER, key=service.listener.secret):
            run(service, SHORT_S, list(ATTEMPTS))  # each part of the service allocates what it keeps
        with unharmed(service, printing(capsys)):
            run(service, SHORT_S, list(ATTEMPTS))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    with attacked_service(tmp_path_factory.mktemp("attacked"), "fake") as one:
        yield one


@pytest.mark.attack
@pytest.mark.parametrize("name", ATTEMPTS)
def test_attempt_harms_no_other_client(service: Attacked, capsys, name: str) -> None:
    with unharmed(service, printing(capsys, name)):
        run(service, LONG_S, [name])


def printing(capsys, name: str = ""):
    def show(line: str) -> None:
        with capsys.disabled():
            print(f"\n{name} {line}")  # noqa: T201

    return show
