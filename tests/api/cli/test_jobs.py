"""`veena3 jobs` as a user types it."""

import json
import logging
import re

import pytest
import soundfile
import structlog
from typer.testing import CliRunner

from api.cli.jobs import app
from api.cli.main import main
from tests.api.jobs import TEXT, speaking
from tests.fakes import FakeEngine


@pytest.fixture(scope="module")
def server(tiny, tmp_path_factory):
    with speaking(tiny, tmp_path_factory.mktemp("jobs"), FakeEngine(tiny.vocabulary)) as (served, _):
        yield served


@pytest.fixture
def run(server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("api.cli.jobs.POLL_S", 0.05)
    # The server of this process would log to the output of the command.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    (tmp_path / "book.txt").write_text(TEXT)

    def run(*arguments: str, text: str | None = None):
        return CliRunner().invoke(app, [*arguments, "--url", server.url], input=text)

    return run


def test_text_is_submitted_shown_listed_fetched_and_cancelled(run, tmp_path):
    submitted = run("submit", "-", "--format", "wav", text=TEXT)
    job_id = submitted.stdout.strip()
    assert submitted.exit_code == 0 and re.fullmatch(r"job_[0-9a-f]{24}", job_id)
    fetched = run("fetch", job_id, "--out", "book.wav")
    assert fetched.exit_code == 0, fetched.output
    assert re.search(r"speaking: \d+ of 8769 characters", fetched.stderr) and "downloading" in fetched.stderr
    shown = json.loads(run("show", job_id).stdout)
    assert shown["state"] == "completed"
    assert abs(soundfile.info(tmp_path / "book.wav").duration - shown["audio_seconds"]) < shown["parts"]
    listed = run("list", "--newest", "5").stdout
    assert job_id in listed and "completed" in listed and "100%" in listed
    assert run("cancel", job_id).stdout == f"deleted {job_id}\n"
    gone = run("show", job_id)
    assert gone.exit_code == 1 and "there is no such job of this key (NOT_FOUND)" in str(gone.exception)


def test_submit_with_out_waits_for_the_file_in_its_format(run, tmp_path):
    done = run("submit", "book.txt", "--out", "book.flac", "--seed", "3", "--speed", "1.5")
    assert done.exit_code == 0 and soundfile.info(tmp_path / "book.flac").format == "FLAC"


def test_failed_job_leaves_the_audio_before_the_failure(tiny, tmp_path, monkeypatch, run):
    with speaking(tiny, tmp_path / "strict", unknown_emotions="refuse") as (served, _):
        (tmp_path / "bad.txt").write_text(f"{TEXT} [nonsense] stop.")
        done = CliRunner().invoke(app, ["submit", "bad.txt", "--out", "part.wav", "--url", served.url])
    assert done.exit_code == 1 and "the job failed: part 6 of 6" in str(done.exception)
    assert soundfile.info(tmp_path / "part.wav").duration > 5


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["jobs", "submit", "missing.txt"], "missing.txt: No such file"),
        (["jobs", "submit", "/"], "/: Is a directory"),
        (["jobs", "show", "job_1", "--url", "http://127.0.0.1:9"], "no server answers at http://127.0.0.1:9"),
        (["jobs", "fetch", "../keys", "--out", "a.wav"], "(NOT_FOUND)"),
        (["jobs", "submit", "latin.txt"], "latin.txt: not valid UTF-8"),
    ],
)
def test_errors_are_one_line(run, server, tmp_path, monkeypatch, capsys, arguments, told):
    (tmp_path / "latin.txt").write_bytes(b"\xe9")
    more = [] if "--url" in arguments else ["--url", server.url]
    monkeypatch.setattr("sys.argv", ["veena3", *arguments, *more])
    with pytest.raises(SystemExit) as ended:
        main()
    error = capsys.readouterr().err
    assert ended.value.code == 1 and told in error and error.startswith("veena3: ") and error.count("\n") == 1
