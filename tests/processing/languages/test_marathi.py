"""Marathi: lines whose words come from outside sources, and its own forms."""

from pathlib import Path

import pytest

from processing.normalise import normalise, normalise_fully
from processing.normalise.languages import VERBALIZERS
from processing.normalise.verbalizer import Amount, ClockTime

LINES = Path(__file__).parents[2] / "data" / "normalise_mr.tsv"
LEAST = 0.95
"""Share of the lines that must be spoken as expected."""
(MARATHI,) = (verbalizer for verbalizer in VERBALIZERS if verbalizer.code == "mr")


def cases() -> list[list[str]]:
    lines = LINES.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def test_normaliser_says_marathi_lines_as_their_sources_do():
    wrong = [(written, said) for written, said, _ in cases() if normalise(written) != said]
    assert len(cases()) >= 60
    assert len(wrong) <= (1 - LEAST) * len(cases()), wrong


def test_chooser_finds_marathi_in_every_line():
    assert [written for written, _, _ in cases() if normalise_fully(written).language != "mr"] == []


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (100, "शंभर"),
        (200, "दोनशे"),
        (1_100, "एक हजार एकशे"),
        (1_00_000, "एक लाख"),
        (99_99_999, "नव्याण्णव लाख नव्याण्णव हजार नऊशे नव्याण्णव"),
        (10**9, "एक अब्ज"),
    ],
)
def test_marathi_joins_hundreds(number, words):
    assert MARATHI.cardinal(number) == words


@pytest.mark.parametrize(
    ("number", "ending", "words"),
    [
        (1, "ला", "पहिला"),
        (2, "रा", "दुसरा"),
        (2, "ऱ्या", "दुसऱ्या"),
        (4, "थी", "चौथी"),
        (5, "वा", "पाचवा"),
        (8, "वे", "आठवे"),
        (9, "वा", "नववा"),
        (20, "व्या", "विसाव्या"),
        (50, "वा", "पन्नासावा"),
        (100, "वा", "शंभरावा"),
        (5, "ला", "पाचला"),
    ],
)
def test_marathi_inflects_ordinals_and_leaves_cases(number, ending, words):
    assert MARATHI.ordinal(number, ending) == words


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [(1, 15, "सव्वा वाजता"), (12, 45, "पाऊण वाजता"), (11, 45, "पावणेबारा वाजता"), (12, 30, "साडेबारा वाजता")],
)
def test_marathi_says_quarters_of_hours(hour, minute, words):
    assert MARATHI.clock(ClockTime(hour, minute, said="वाजता")) == words


def test_marathi_says_tenths_and_hundredths_without_a_unit():
    assert MARATHI.amount(Amount(6, "5")) == "सहा पूर्णांक पाच दशांश"
    assert MARATHI.amount(Amount(6, "5"), counted=True) == "साडेसहा"
