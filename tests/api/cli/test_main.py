"""The list of commands: complete, and shown without importing them."""

import os
import subprocess
import sys

import pytest

from api.cli.commands import COMMANDS
from api.cli.main import load_command
from shared.version import APP_VERSION
from tests.api.cli.test_commands import run

HELP_S = 0.5
"""CPU time in seconds that the list of commands may take. Wall time depends on what else the machine does."""


@pytest.mark.parametrize("name", COMMANDS)
def test_summary_of_a_command_is_the_beginning_of_its_help(name):
    assert load_command(name).help.startswith(COMMANDS[name].summary.removesuffix("."))


def test_help_lists_every_command_with_its_summary():
    listed = " ".join(run("--help").output.replace("│", " ").split())
    for name, entry in COMMANDS.items():
        assert f"{name} {entry.summary}" in listed
    assert " ".join(run().output.replace("│", " ").split()) == listed


def test_help_takes_half_a_second_and_imports_no_command():
    program = "import sys; sys.argv = ['veena3', '--help']\nfrom api.cli.main import main\ntry: main()\nfinally: "
    program += "assert not {'torch', 'numpy', 'pydantic', 'av', 'fastapi'} & sys.modules.keys()"
    started = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    assert started.returncode == 0 and used.ru_utime + used.ru_stime < HELP_S


def test_version_is_printed():
    assert run("--version").output == f"veena3 {APP_VERSION}\n"


def test_unknown_command_is_refused():
    said = run("sya")
    assert said.exit_code == 2 and "No such command" in said.output
