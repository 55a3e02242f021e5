import io
import re

import pytest
from rich.console import Console

from api.cli import progress as progress_module
from api.cli.progress import StepProgress
from tests.api.cli.test_commands import run


def shown(*, terminal: bool) -> tuple[StepProgress, io.StringIO]:
    out = io.StringIO()
    return StepProgress(Console(file=out, force_terminal=terminal, width=100)), out


def test_step_without_a_terminal_is_one_plain_line():
    progress, out = shown(terminal=False)
    with progress.bars:
        with progress.step("over http", total=3, unit="requests"):
            for _ in range(3):
                progress.advance()
        with progress.step("ready"):
            pass
    assert re.fullmatch(r"over http: 3 of 3 requests in 0\.\d s\nready: done in 0\.\d s\n", out.getvalue())


def test_long_step_without_a_terminal_says_how_far_it_is(monkeypatch):
    monkeypatch.setattr(progress_module, "PLAIN_EVERY_S", 0.0)
    progress, out = shown(terminal=False)
    with progress.bars, progress.step("weights", unit="MB"):
        progress.advance(1.5)
        progress.advance(2.6)
    assert out.getvalue().splitlines()[:2] == ["weights: 2 MB", "weights: 4 MB"]


def test_step_in_a_terminal_is_a_bar_that_leaves_no_line():
    progress, out = shown(terminal=True)
    with progress.bars, progress.step("over http", total=2, unit="requests"):
        progress.advance()
        progress.bars.refresh()
        assert "over http" in out.getvalue() and "1 of 2 requests" in out.getvalue()
    assert "in 0" not in out.getvalue()


def test_failed_step_is_not_reported_as_done():
    progress, out = shown(terminal=False)
    with pytest.raises(ValueError), progress.bars, progress.step("ready"):
        raise ValueError
    assert not out.getvalue()


def test_bench_reports_each_transport_beside_its_result(common):
    ran = run("bench", common.url, "--count", "3", "--over", "http", "--over", "ws", "--json")
    assert re.findall(r"^over (\w+): 3 of 3 requests in", ran.stderr, re.MULTILINE) == ["http", "ws"]
    assert "over http" not in ran.stdout


def test_make_checkpoint_reports_its_progress(tmp_path):
    made = run("make-checkpoint", str(tmp_path / "made"))
    assert made.stderr.startswith("tiny checkpoint: done in ") and "checkpoint in" in made.stdout
