"""Every `modal …` and `veena3 …` command of the guide and of the drills, on the SDK and on the service's parser.

`modal` runs against the control plane on loopback. A command that exists, with options that exist, reaches its RPC
there; whether it then succeeds is shown for those that the control plane simulates.
"""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from typer._click.exceptions import MissingParameter
from typer.main import get_command

from api.cli.main import app
from tests.modal.conftest import SECRETS
from tests.modal.loopback import ROOT, Modal

PAGES = ("docs/deployment.md", "docs/drills.md")
TESTED_ELSEWHERE = ("modal deploy app.py", "modal run app.py::")
"""Commands that test_deploy.py and test_commands.py run to their end."""
NEEDS_A_BROWSER = ("modal setup",)

RPCS = {
    "modal app logs": "AppFetchLogs",
    "modal app rollback": "AppRollback",
    "modal app rollover": "AppRollover",
    "modal app stats": "AppGetTimeRangeStats",
    "modal app stop": "AppStop",
    "modal billing rates": "WorkspaceNameLookup",
    "modal container exec": "TaskGetCommandRouterAccess",
    "modal container list": "TaskList",
    "modal container stop": "ContainerStop",
    "modal function autoscaler settings": "FunctionGetSchedulingParams",
    "modal function autoscaler update": "FunctionUpdateSchedulingParams",
    "modal secret create": "SecretGetOrCreate",
    "modal volume create": "VolumeGetOrCreate",
    "modal volume ls": "VolumeListFiles2",
    "modal volume put": "VolumePutFiles2",
    "modal volume rm": "VolumeRemoveFile2",
    "modal workspace proxy-tokens create": "WorkspaceNameLookup",
    "modal workspace proxy-tokens delete": "WorkspaceNameLookup",
}
"""RPC by which the platform learns of each command. A new command of the guide needs its line here."""


def documented(program: str) -> list[str]:
    """Return the commands of a program in the pages, from blocks and from sentences, each once."""
    text = "\n".join((ROOT / page).read_text() for page in PAGES)
    shown = re.findall(
        rf"`((?:[A-Z0-9_]+=\S+ )*{program} [^`]+)`|^((?:[A-Z0-9_]+=\S+ )*{program} .*)$", text, re.MULTILINE
    )
    commands = [re.sub(r"\s+#.*", "", inline or line).strip() for inline, line in shown]
    return sorted({re.sub(r"^([A-Z0-9_]+=\S+ )+", "", command) for command in commands})


MODAL = [command for command in documented("modal") if not command.startswith(TESTED_ELSEWHERE + NEEDS_A_BROWSER)]


COMMAND_LINE = """
import contextlib, io, json, sys
from modal.__main__ import main

for line in sys.stdin:
    sys.argv, told, status = ["modal", *json.loads(line)], io.StringIO(), 0
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        try:
            main()
        except SystemExit as left:
            status = left.code or 0
    print(json.dumps([status, told.getvalue()]), flush=True)
"""
"""Program that runs `modal` for each line of arguments; a process for each would take a second each."""

Modals = Callable[..., tuple[int | str, str]]


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    with Modal(tmp_path_factory.mktemp("guide"), {}, SECRETS).running() as running:
        deployed = running.deploy(DEPLOY_REVISION="r1")
        assert deployed.returncode == 0, deployed.stdout + deployed.stderr
        yield running


@pytest.fixture(scope="module")
def modal(platform) -> Iterator[Modals]:
    """Run `modal` with arguments; return its exit status and what it printed."""
    command = [sys.executable, "-c", COMMAND_LINE]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=platform.environment(), **pipes) as process:

        def modal(*arguments: str) -> tuple[int | str, str]:
            process.stdin.write(json.dumps(arguments) + "\n")
            process.stdin.flush()
            status, told = json.loads(process.stdout.readline())
            return status, told

        yield modal
        process.stdin.close()


@pytest.mark.parametrize("command", MODAL)
def test_command_of_the_guide_reaches_the_platform(platform, modal, command, tmp_path):
    (rpc,) = [rpc for prefix, rpc in RPCS.items() if command.startswith(prefix)]
    before = len(platform.plane.requests(rpc))
    weights = tmp_path / "weights"
    weights.mkdir()
    (weights / "file").write_text("weights")
    arguments = [str(weights) if word == "weights" else word for word in shlex.split(command)[1:]]
    status, told = modal(*arguments)
    assert status == 0 or "is not simulated" in told, told
    assert len(platform.plane.requests(rpc)) == before + 1, told


def test_guide_shows_every_command_of_the_table():
    assert {prefix for prefix in RPCS if any(command.startswith(prefix) for command in MODAL)} == set(RPCS)


def test_scaling_command_changes_the_number_of_containers(platform, modal):
    (command,) = [command for command in MODAL if "--min-containers 3" in command]
    status, told = modal(*shlex.split(command)[1:])
    assert status == 0, told
    request = platform.plane.requests("FunctionUpdateSchedulingParams")[-1]
    assert request.function_id == platform.plane.functions["Speech"].existing_function_id
    assert request.settings.min_containers == 3 and not request.settings.HasField("max_containers")


@pytest.mark.parametrize("command", documented("veena3"))
def test_command_of_the_service_exists_with_its_options(command):
    """A command that is named without its arguments is valid too."""
    words, found = shlex.split(command)[1:], get_command(app)
    context = found.make_context("veena3", list(words))
    with suppress(MissingParameter):
        while hasattr(found, "resolve_command"):
            name, found, words = found.resolve_command(context, words)
            context = found.make_context(name, list(words), parent=context)
