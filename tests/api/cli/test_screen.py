"""Consoles of the commands: text of users and servers is printed as it is."""

import re
from pathlib import Path

import pytest
from rich.table import Table

from api.cli import screen
from tests.api.cli.test_commands import run

BRACKETS = "[/x] [bold]b[/bold] :tada:"


def test_table_console_prints_titles_headings_and_cells_as_they_are(capsys):
    table = Table(BRACKETS, title=BRACKETS)
    table.add_row(BRACKETS)
    screen.table_console().print(table)
    assert capsys.readouterr().out.count(BRACKETS) == 3


@pytest.mark.parametrize("stderr", [False, True])
def test_line_console_prints_a_line_as_it_is(capsys, stderr):
    screen.line_console(stderr=stderr).print(BRACKETS)
    out, err = capsys.readouterr()
    assert (err if stderr else out) == f"{BRACKETS}\n"


def test_commands_construct_no_console_of_their_own():
    modules = Path(screen.__file__).parent.rglob("*.py")
    assert [path.name for path in modules if re.search(r"\bConsole\(", path.read_text("utf-8"))] == ["screen.py"]


def test_keys_list_prints_a_name_in_square_brackets(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/veena3.db")
    assert run("keys", "create", "[/x]").exit_code == 0
    assert run("keys", "create", ":tada: [red]n").exit_code == 0
    listed = run("keys", "list")
    assert listed.exit_code == 0, listed.exception
    assert "[/x]" in listed.output and ":tada: [red]n" in listed.output


def test_doctor_prints_a_checkpoint_path_in_square_brackets(tmp_path, monkeypatch):
    monkeypatch.setenv("CHECKPOINT", f"{tmp_path}/[/x]")
    examined = run("doctor")
    assert examined.exit_code == 1 and "cannot run the service" in examined.output
    assert f"{tmp_path}/[/x]" in examined.output


def test_make_checkpoint_prints_a_path_in_square_brackets(tmp_path):
    made = run("make-checkpoint", f"{tmp_path}/[/x]")
    assert made.exit_code == 0, made.exception
    assert "[/x]" in made.output
