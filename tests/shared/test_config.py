"""Places of state and of the embedded checkpoint: the same wherever a command is called."""

from pathlib import Path

import pytest

from core.checkpoint.reading import open_checkpoint
from shared.config import Settings, read_settings
from shared.errors import StartupError
from shared.state_directory import state_directory

STATE = ("VEENA3_HOME", "XDG_STATE_HOME", "DATABASE_URL", "RECORDS_PATH")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch, tmp_path):
    """No variable names a place of state, and the user's home is empty."""
    for name in STATE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({}, "{home}/.local/state/veena3"),
        ({"XDG_STATE_HOME": "/xdg"}, "/xdg/veena3"),
        ({"XDG_STATE_HOME": "relative"}, "{home}/.local/state/veena3"),  # the specification ignores relative paths
        ({"XDG_STATE_HOME": "/xdg", "VEENA3_HOME": "/mine"}, "/mine"),
        ({"VEENA3_HOME": ""}, "{home}/.local/state/veena3"),
    ],
)
def test_state_is_in_one_place_wherever_a_command_is_called(variables, place, monkeypatch, tmp_path):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir("/")
    expected = place.format(home=tmp_path)
    settings = read_settings(Settings)
    assert state_directory() == Path(expected)
    assert (settings.database_url, str(settings.records_path)) == (
        f"sqlite:///{expected}/veena3.db",
        f"{expected}/records.db",
    )


def test_given_settings_need_no_state_directory(monkeypatch):
    monkeypatch.setattr(Path, "home", _no_home)
    assert read_settings(Settings, database_url="sqlite://", records_path="/r.db").database_url == "sqlite://"
    with pytest.raises(StartupError, match="setting VEENA3_HOME: must be set"):
        read_settings(Settings)


def _no_home() -> Path:
    raise RuntimeError("Could not determine home directory.")


def test_embedded_checkpoint_is_found_from_any_directory(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert open_checkpoint(read_settings(Settings).checkpoint).model == "veena3-demo"
