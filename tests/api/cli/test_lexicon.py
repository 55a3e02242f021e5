from pathlib import Path

from typer.testing import CliRunner

from api.cli.main import app
from shared.errors import CommandFailed
from tests.processing.test_pls import DOCUMENT


def test_command_prints_the_entries_and_says_what_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "words.pls").write_text(DOCUMENT)
    told = CliRunner().invoke(app, ["lexicon", str(tmp_path / "words.pls")])
    assert told.exit_code == 0 and told.stdout.splitlines()[:2] == ["SQL\tsequel", "colour\tculler & more"]
    assert "1 words have neither alias nor phonemes" in told.output


def test_command_names_a_wrong_or_missing_file(tmp_path: Path) -> None:
    (tmp_path / "words.pls").write_text("<speak/>")
    for name, reason in (("words.pls", "the root must be <lexicon>"), ("none.pls", "No such file")):
        told = CliRunner().invoke(app, ["lexicon", str(tmp_path / name)])
        assert isinstance(told.exception, CommandFailed) and reason in str(told.exception)
