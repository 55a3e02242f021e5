"""The line `aligner` of `veena3 doctor`."""

from pathlib import Path

import pytest

from api.cli import doctor
from core.alignment import load_aligner
from shared.config import PROJECT, Settings
from tests.failing_aligner import FailingAligner

DEMO = PROJECT / "voices/demo"


def line(**settings: object) -> tuple[bool, str]:
    """Return whether the check passed, and its details."""
    _, passed, details = doctor._aligner(Settings(**settings))
    return passed, details


def test_aligner_is_named_with_the_mode_of_completeness():
    passed, details = line(checkpoint=DEMO, completeness="report")
    assert passed and details.endswith("; completeness: report")


def test_checkpoint_without_an_aligner_fails_only_settings_that_need_one(tiny_path: Path):
    passed, details = line(checkpoint=tiny_path)
    assert passed and details.startswith("none: no times of words") and "no effect" not in details
    assert line(checkpoint=tiny_path, completeness="off")[0]
    passed, details = line(checkpoint=tiny_path, completeness="retry")
    assert not passed and "COMPLETENESS=retry has no effect" in details


@pytest.mark.parametrize("call", ["chunk", "feed", "finish"])
def test_aligner_that_fails_in_a_trial_is_found(monkeypatch, call: str):
    inner = load_aligner(DEMO)
    monkeypatch.setattr(doctor, "load_aligner", lambda _: FailingAligner(inner, call))
    passed, details = line(checkpoint=DEMO)
    assert not passed and "the aligner fails (AlignerFault" in details
