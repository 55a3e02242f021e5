"""Fresh sentences, and the calibration of the demo voice's aligner by them. Needs flite and espeak-ng."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from core.alignment import load_aligner
from tests.core.alignment.samples import VOICE, samples
from training.demo_voice import calibrate_aligner
from training.demo_voice.fresh import fresh_sentences
from training.demo_voice.unseen import held_out

pytestmark = pytest.mark.slow


def test_fresh_sentences_are_those_of_the_seed_and_none_of_the_evaluation() -> None:
    first, again, other = fresh_sentences(8, 3), fresh_sentences(8, 3), fresh_sentences(8, 4)
    assert first == again != other
    assert set(first) == {"en", "hi", "te", "hi-en", "te-en"} and all(len(lines) == 8 for lines in first.values())
    assert held_out().isdisjoint(line for lines in first.values() for line in lines)


def test_calibration_writes_a_standard_that_the_aligner_reads(tmp_path: Path, monkeypatch) -> None:
    shutil.copytree(VOICE / "aligner", tmp_path / "aligner")
    spoken = tmp_path / "spoken.jsonl"
    rows = ({"language": one.language, "text": one.text, "tokens": one.tokens} for one in samples())
    spoken.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    arguments = ["--checkpoint", str(tmp_path), "--fresh", "1", "--spoken", str(spoken)]
    monkeypatch.setattr(sys, "argv", ["calibrate_aligner", *arguments])
    calibrate_aligner.main()
    aligner = load_aligner(tmp_path)
    assert aligner is not None
    standard = aligner.standard
    assert standard.alarm >= 2 and standard.again >= -2.5 and -14 <= standard.jump <= -6
    assert standard.pace == pytest.approx(1.3, abs=0.1)
