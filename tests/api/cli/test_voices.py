"""`veena3 voices` against a running server."""

import json
import re
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from core.checkpoint.reading import open_checkpoint
from services.accounts.caller import Scope
from tests.api.keys import guarding, make_key
from tests.api.voices.conftest import RECORDING
from tests.cloning_checkpoint import add_encode_side, sound_file, speech_like
from tests.styled_checkpoint import build_styled_checkpoint


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Iterator:
    """Start a server whose checkpoint clones and designs; return a function that runs `veena3 voices …` there."""
    root = build_styled_checkpoint(tmp_path_factory.mktemp("styled") / "checkpoint")
    checkpoint = open_checkpoint(add_encode_side(root))
    database = f"sqlite:///{tmp_path_factory.mktemp('cli_voices')}/keys.db"
    secret = make_key(database, Scope.GENERATE, Scope.VOICES)[1]
    with guarding(checkpoint, database) as guarded:

        def invoke(command: str, *arguments: str):
            options = ["--url", guarded.served.url, "--key", secret]
            return CliRunner().invoke(app, ["voices", *([command] if command else []), *options, *arguments])

        yield invoke


def printed(result) -> str:
    """Return what the command printed, without the log of the server in this process."""
    return "".join(line for line in result.output.splitlines(True) if not re.match(r"\[(info|warning) ", line))


def test_voice_is_added_shown_listed_heard_and_deleted(run, tmp_path):
    (tmp_path / "a.wav").write_bytes(RECORDING)
    added = run("add", "Anjali", str(tmp_path / "a.wav"), "--consent", "true", "--label", "gender=female")
    assert added.exit_code == 0, added.output + str(added.exception)
    voice = json.loads(printed(added))
    assert voice["gender"] == "female" and voice["heard"]["recordings"][0]["speech_s"] > 2
    assert json.loads(printed(run("show", "Anjali")))["id"] == voice["id"]
    assert voice["id"] in run("").output and "Anjali" in run("list").output
    assert json.loads(printed(run("consent", "Anjali")))["consent"] == voice["consent"]
    assert run("preview", "Anjali", "--out", str(tmp_path / "a.mp3")).exit_code == 0
    assert (tmp_path / "a.mp3").stat().st_size > 1000
    assert run("mix", "Blend", "Anjali+lipakshi").exit_code == 0
    for name in ("Anjali", "Blend"):
        assert printed(run("delete", name)).startswith("deleted voice_")
    assert "VOICE_NOT_FOUND" in str(run("remove", "Anjali").exception)


def test_designed_candidate_is_written_and_kept(run, tmp_path):
    designed = run("design", "male", "--pitch", "low", "--candidates", "2", "--out", str(tmp_path))
    assert designed.exit_code == 0, designed.output + str(designed.exception)
    first = printed(designed).split()[0]
    assert len(list(tmp_path.glob("cand_*.mp3"))) == 2
    kept = run("keep", first, "Narrator")
    assert json.loads(printed(kept))["source"] == "designed"
    assert run("delete", "Narrator").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("add", "A", "nowhere.wav", "--consent", "true"), "nowhere.wav: No such file"),
        (("add", "A", "short.wav", "--consent", "true"), "RECORDING_UNUSABLE"),
        (("add", "A", "short.wav", "--consent", "no"), "consent"),
        (("add", "A", "short.wav", "--consent", "true", "--label", "gender"), "NAME=VALUE"),
        (("mix", "A", "lipakshi"), "a mix is 2 to 8 voices"),
        (("design", "child"), "gender"),
        (("consent", "nobody"), "VOICE_NOT_FOUND"),
        (("preview", "lipakshi", "--out", "nowhere/a.mp3"), "nowhere/a.mp3: No such file"),
    ],
)
def test_failure_is_one_line(run, tmp_path, monkeypatch, arguments, reason):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "short.wav").write_bytes(sound_file(speech_like(seconds=1)))
    failed = run(*arguments)
    assert failed.exit_code == 1 and reason in str(failed.exception) and "\n" not in str(failed.exception)
