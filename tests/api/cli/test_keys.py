"""`veena3 keys` as an operator types it."""

import re
import sys

import pytest
from typer.testing import CliRunner

from api.cli import main
from api.cli.keys import app


@pytest.fixture(autouse=True)
def own_database(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/veena3.db")


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def test_key_is_created_listed_without_its_secret_and_revoked():
    made = run("create", "Ада", "--scope", "generate", "--scope", "debug", "--requests-per-minute", "9")
    assert made.exit_code == 0, made.output
    (secret,) = re.findall(r"^veena3_\S{43}$", made.stdout, re.MULTILINE)
    (key_id,) = re.findall(r"^(key_\w+): debug, generate", made.stderr, re.MULTILINE)
    listed = run("list").output
    assert key_id in listed and "Ада" in listed and "9 requests" in listed and "active" in listed
    assert secret not in listed and secret[:13] in listed
    assert "revoked" in run("revoke", key_id).output and "revoked" in run("show", key_id).output


@pytest.mark.parametrize(
    "wrong",
    [
        ["create", "n", "--scope", "root"],
        ["create", "n", "--streams", "0"],
        ["create", "n", "--streams", "1000001"],
        ["create", "n", "--requests-per-minute", str(2**63)],
        ["create", "n", "--characters-per-minute", "1000000001"],
        ["create", "n", "--expires-days", "nan"],
        ["create", "n" * 101],
        ["create", ""],
        ["create", "two\nlines"],
        ["create"],
    ],
)
def test_invalid_option_is_refused(wrong):
    assert run(*wrong).exit_code == 2


def test_unknown_key_fails_with_one_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["veena3", "keys", "revoke", "key_none"])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err.strip() == "veena3: there is no key of that id; ids begin with key_"
