"""`veena3 credits` as an operator types it."""

import re

import pytest

from tests.api.cli.test_commands import run


@pytest.fixture
def key(tmp_path, monkeypatch) -> str:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/veena3.db")
    return re.search(r"^(\S+): generate", run("keys", "create", "a customer").stderr, re.MULTILINE)[1]


def said(*arguments: str) -> str:
    answer = run("credits", *arguments)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def test_grants_add_to_the_balance(key):
    assert said("balance", key) == "0.000 s\n"
    assert said("grant", key, "90.5") == "90.500 s\n"
    assert said("grant", key, "1") == "91.500 s\n"
    assert said("balance", key) == "91.500 s\n"


def test_grants_with_the_same_reference_count_once(key):
    for _ in range(2):
        assert said("grant", key, "10", "--reference", "invoice-7") == "10.000 s\n"


def test_grant_refuses_a_negative_amount(key):
    assert run("credits", "grant", key, "--", "-5").exit_code == 2


@pytest.mark.parametrize("seconds", ["inf", "1e30", "nan", "1000000000.1"])
def test_grant_refuses_an_amount_that_is_no_number_or_too_large(key, seconds):
    assert run("credits", "grant", key, seconds).exit_code == 2
    assert said("grant", key, "1e9") == "1000000000.000 s\n"


def test_grant_refuses_an_unknown_key(key):
    answer = run("credits", "grant", "unknown", "5")
    assert answer.exit_code == 1 and "no key" in str(answer.exception)
