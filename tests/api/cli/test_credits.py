import re

import pytest

from tests.api.cli.test_commands import run


@pytest.fixture
def key(tmp_path, monkeypatch) -> str:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/veena3.db")
    return re.search(r"^(\S+): generate", run("keys", "create", "somebody").stderr, re.MULTILINE)[1]


def said(*arguments: str) -> str:
    answer = run("credits", *arguments)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def test_what_is_granted_is_the_balance(key):
    assert said("balance", key) == "0.000 s\n"
    assert said("grant", key, "90.5") == "90.500 s\n"
    assert said("grant", key, "1") == "91.500 s\n"
    assert said("balance", key) == "91.500 s\n"


def test_the_same_reference_counts_once(key):
    for _ in range(2):
        assert said("grant", key, "10", "--reference", "invoice-7") == "10.000 s\n"


def test_nothing_is_taken_away_by_granting(key):
    assert run("credits", "grant", key, "--", "-5").exit_code == 2


def test_a_key_that_is_not_there_is_granted_nothing(key):
    answer = run("credits", "grant", "nobody", "5")
    assert answer.exit_code == 1 and "no key" in str(answer.exception)
