from pathlib import Path

import structlog

from api.cli.serve import warn_of_old_state
from shared.config import Settings
from shared.state_directory import state_directory


def test_serve_warns_of_keys_where_earlier_versions_kept_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with structlog.testing.capture_logs() as logs:
        warn_of_old_state(Settings(database_url="sqlite://"))
        assert not logs
        Path("var").mkdir()
        for name in ("veena3.db", "records.db"):
            Path("var", name).touch()
        warn_of_old_state(Settings(database_url="sqlite:///var/veena3.db"))  # named by the operator: it is used
    (warning,) = logs
    assert (warning["log_level"], warning["file"]) == ("warning", "var/records.db")
    assert str(state_directory()) in warning["advice"]
