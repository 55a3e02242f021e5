"""Card of the embedded voice: its table is that of the evaluation."""

import json
from pathlib import Path

from ops.reference.parts import fill
from training.demo_voice.evaluate import Result, table
from training.demo_voice.measures.report import read_report

VOICE = Path(__file__).parents[2] / "voices" / "demo"


def test_card_has_the_table_of_the_evaluation() -> None:
    report = json.loads((VOICE / "evaluation.json").read_text())
    card = (VOICE / "README.md").read_text()
    assert "\n".join(table([Result(**row) for row in report["languages"]])) in card
    assert f"{report['voices_told_apart']} of {report['takes']}" in card


def test_card_has_the_tables_of_the_comparison() -> None:
    card = (VOICE / "README.md").read_text("utf-8")
    assert card == fill(card, read_report(VOICE / "evaluation.json").parts())
