"""Card of the embedded voice: its table is that of the evaluation."""

import json
from pathlib import Path

from training.demo_voice.evaluate import Result, table

VOICE = Path(__file__).parents[2] / "voices" / "demo"


def test_card_has_the_table_of_the_evaluation() -> None:
    report = json.loads((VOICE / "evaluation.json").read_text())
    card = (VOICE / "README.md").read_text()
    assert "\n".join(table([Result(**row) for row in report["languages"]])) in card
    assert f"{report['voices_told_apart']} of {report['takes']}" in card
