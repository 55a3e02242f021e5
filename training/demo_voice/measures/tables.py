"""Markdown tables of a comparison: systems beside each other, and the voices of one system."""

from collections.abc import Callable, Iterator, Sequence
from statistics import fmean

from training.demo_voice.measures.figures import VoiceFigures, summary

REFERENCES = ("flite", "espeak-ng")
Reading = Callable[[VoiceFigures], float | None]
ROWS: dict[str, tuple[str, Reading]] = {
    "sentences that failed": ("d", lambda row: row.failures),
    "middle of the pitch, Hz": (".0f", lambda row: row.pitch_hz),
    "range of pitch in statements, semitones": (".1f", lambda row: row.range),
    "end of statements, semitones": ("+.1f", lambda row: row.statement_end),
    "statements that fall": (".0%", lambda row: row.falling),
    "end of yes/no questions, semitones": ("+.1f", lambda row: row.question_end),
    "yes/no questions that rise": (".0%", lambda row: row.rising),
    "end of other questions, semitones": ("+.1f", lambda row: row.wh_end),
    "end of lists, semitones": ("+.1f", lambda row: row.list_end),
    "correlation of pitch with the teacher": (".2f", lambda row: row.correlation),
    "longest constant pitch, s": (".2f", lambda row: row.constant_s),
    "distance from the teacher's spectrum, dB": (".1f", lambda row: row.spectrum_db),
    "energy below 800 Hz": (".0%", lambda row: row.below_800_hz),
    "word error, pocketsphinx": (".3f", lambda row: row.word_error.get("pocketsphinx")),
    "word error, Moonshine": (".3f", lambda row: row.word_error.get("moonshine")),
}
"""Label of each figure, its format and its value."""
LARGEST = ("sentences that failed", "longest constant pitch, s")
"""Figures of which a voice's row has the largest of all languages, not the mean."""


def columns(rows: Sequence[VoiceFigures], language: str) -> dict[str, VoiceFigures]:
    """Return the columns of a language: each voice of flite and espeak-ng, and each checkpoint with all its voices."""
    found: dict[str, list[VoiceFigures]] = {}
    for row in rows:
        if row.language == language:
            found.setdefault(f"{row.system} {row.voice}" if row.system in REFERENCES else row.system, []).append(row)
    return {name: summary(group) for name, group in found.items()}


def systems_table(rows: Sequence[VoiceFigures], language: str) -> Iterator[str]:
    """Yield the lines of a table with one column for each system."""
    compared = columns(rows, language)
    yield f"| {language} | " + " | ".join(compared) + " |"
    yield "|---" * (len(compared) + 1) + "|"
    for label, (form, reading) in ROWS.items():
        values = [reading(row) for row in compared.values()]
        if any(value is not None for value in values):
            yield f"| {label} | " + " | ".join(_cell(value, form) for value in values) + " |"


def voices_table(rows: Sequence[VoiceFigures], system: str) -> Iterator[str]:
    """Yield the lines of a table with one row for each voice: means over the languages."""
    own = [row for row in rows if row.system == system]
    yield "| voice | " + " | ".join(ROWS) + " |"
    yield "|---" * (len(ROWS) + 1) + "|"
    for voice in dict.fromkeys(row.voice for row in own):
        cells = []
        for label, (form, reading) in ROWS.items():
            values = [value for row in own if row.voice == voice and (value := reading(row)) is not None]
            together = max if label in LARGEST else fmean
            cells.append(_cell(together(values) if values else None, form))
        yield f"| {voice} | " + " | ".join(cells) + " |"


def _cell(value: float | None, form: str) -> str:
    return "-" if value is None else f"{value:{form}}"
