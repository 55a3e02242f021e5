"""Targets of the voice, and whether an evaluation meets them. A missed target stays in the table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from training.demo_voice.measures.figures import VoiceFigures, summary


@dataclass(frozen=True, slots=True)
class Target:
    """Figure with its bound: at least `bound` if `least`, else at most. `measured` is None if it was not measured."""

    name: str
    bound: float
    least: bool
    measured: float | None

    @property
    def met(self) -> bool:
        """Return whether the figure was measured and keeps its bound."""
        if self.measured is None:
            return False
        return self.measured >= self.bound if self.least else self.measured <= self.bound


def voice_targets(rows: Sequence[VoiceFigures]) -> Iterator[Target]:
    """Yield the targets of a checkpoint's voices in one language: means over the voices, and the worst voice."""
    language, mean = rows[0].language, summary(rows)
    yield Target(f"{language}: range of pitch in statements, semitones", 3, True, mean.range)
    yield Target(f"{language}: share of statements that fall", 0.9, True, mean.falling)
    yield Target(f"{language}: share of yes/no questions that rise by 2 semitones", 0.9, True, mean.rising)
    yield Target(f"{language}: correlation of pitch with the teacher", 0.7, True, mean.correlation)
    yield Target(f"{language}: longest constant pitch of any voice, s", 0.5, False, mean.constant_s)
    distances = [row.spectrum_db for row in rows if row.spectrum_db is not None]
    farthest = max(distances) if len(distances) == len(rows) else None
    yield Target(f"{language}: distance of any voice's spectrum, dB", 3, False, farthest)
    for listener in mean.word_error:
        errors = [row.word_error[listener] for row in rows]
        yield Target(f"{language}: word error, {listener}", 0.1, False, fmean(errors))
        worst = max(errors) / fmean(errors) if any(errors) else 1.0
        yield Target(f"{language}: word error of the worst voice over the mean, {listener}", 1.5, False, worst)


def sentence_targets(results: Sequence[Mapping[str, object]]) -> Iterator[Target]:
    """Yield the targets of the hundred sentences of each language; `results` are rows of the report's `languages`."""
    for row in results:
        language, retrieved, error = row["language"], row["retrieved"], row["phone_error"]
        if language in ("hi", "te") and isinstance(error, float) and error >= 0:
            yield Target(f"{language}: phone error", 0.006, False, error)
        if isinstance(retrieved, int) and isinstance(row["sentences"], int) and retrieved >= 0:
            yield Target(f"{language}: share of sentences retrieved", 0.98, True, retrieved / row["sentences"])


def targets_table(targets: Sequence[Target]) -> Iterator[str]:
    """Yield the lines of a table with asked and measured values."""
    yield "| figure | asked | measured | met |"
    yield "|---|---|---|---|"
    for target in targets:
        bound = f"{'≥' if target.least else '≤'} {target.bound:g}"
        measured = "-" if target.measured is None else f"{target.measured:.3g}"
        yield f"| {target.name} | {bound} | {measured} | {'yes' if target.met else '**no**'} |"
