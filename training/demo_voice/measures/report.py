"""Report of an evaluation: evaluation.json, and the tables that a voice's README shows."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from training.demo_voice.measures.figures import VoiceFigures
from training.demo_voice.measures.tables import systems_table, voices_table
from training.demo_voice.measures.targets import Target, sentence_targets, targets_table, voice_targets


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of the unseen sentences by language, of the voices, and of the comparison.

    `extent` tells how much was compared. The evaluated checkpoint is the last system of the comparison.
    """

    languages: Sequence[Mapping[str, Any]] = ()
    voices_told_apart: int = 0
    takes: int = 0
    extent: str = ""
    comparison: Sequence[VoiceFigures] = ()

    def document(self) -> dict[str, Any]:
        """Return the report as it is stored."""
        return asdict(self)

    def parts(self) -> dict[str, Callable[[], str]]:
        """Return the text of each marked part of a README."""
        return {"comparison": self._systems, "voices measured": self._voices, "targets": self._targets}

    def targets(self) -> list[Target]:
        """Return the targets with the measured values."""
        own = self._own()
        found = [target for rows in own.values() for target in voice_targets(rows)]
        return [*found, *sentence_targets(self.languages)]

    def _own(self) -> dict[str, list[VoiceFigures]]:
        rows: dict[str, list[VoiceFigures]] = {}
        for row in self.comparison:
            if row.system == self.comparison[-1].system:
                rows.setdefault(row.language, []).append(row)
        return rows

    def _systems(self) -> str:
        tables = ("\n".join(systems_table(self.comparison, language)) for language in self._own())
        return "\n\n".join([self.extent, *tables])

    def _voices(self) -> str:
        return "\n".join(voices_table(self.comparison, self.comparison[-1].system)) if self.comparison else ""

    def _targets(self) -> str:
        return "\n".join(targets_table(self.targets()))


def read_report(path: Path | None) -> Report:
    """Return a stored report; an empty one if there is none."""
    if path is None or not path.exists():
        return Report()
    stored = json.loads(path.read_text("utf-8"))
    return Report(**stored | {"comparison": [VoiceFigures(**row) for row in stored.get("comparison", ())]})
