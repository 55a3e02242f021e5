"""Figures of a voice: its pitch, its brightness and the words that listeners hear, from its takes in one language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from statistics import fmean, median
from typing import Any

from training.demo_voice.measures.contour import FALL, RISE, final_movement, longest_constant_s, pitch_range
from training.demo_voice.measures.likeness import pitch_correlation
from training.demo_voice.measures.listeners import Listener, word_errors
from training.demo_voice.measures.pitch import Pitch, track
from training.demo_voice.measures.spectrum import Array, distance_db, long_term_spectrum, low_share
from training.demo_voice.measures.systems import Samples
from training.demo_voice.measures.takes import Take
from training.demo_voice.unseen import Kind

WORDS = "words"
"""Purpose of the takes that listeners hear; those of other purposes are named after their kind."""


@dataclass(frozen=True, slots=True)
class VoiceFigures:
    """Figures of one voice in one language; None: not measured, or too little voiced speech.

    `range` is the mean of statements in semitones, `..._end` the median movement at the end of each kind in semitones,
    `falling` and `rising` the shares of statements that fall and of yes/no questions that rise, `correlation` the mean
    correlation of pitch with the teacher's, `constant_s` the longest stretch of constant pitch, `spectrum_db` the
    distance from the teacher's long-term spectrum, `below_800_hz` a share of the energy.
    """

    system: str
    voice: str
    language: str
    takes: int
    failures: int
    pitch_hz: float | None
    range: float | None
    statement_end: float | None
    falling: float | None
    question_end: float | None
    rising: float | None
    wh_end: float | None
    list_end: float | None
    correlation: float | None
    constant_s: float | None
    spectrum_db: float | None
    below_800_hz: float | None
    word_error: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Measured:
    take: Take
    pitch: Pitch


class Teacher:
    """Recordings of the teacher of one language, by sentence, with their pitch."""

    def __init__(self, recordings: Mapping[str, Samples]) -> None:
        self._recordings = recordings
        self._pitch: dict[str, Pitch] = {}

    def heard(self, text: str) -> tuple[Samples, Pitch]:
        """Return samples and pitch of a sentence."""
        samples = self._recordings[text]
        if text not in self._pitch:
            self._pitch[text] = track(samples)
        return samples, self._pitch[text]

    def spectrum(self, texts: Iterable[str]) -> Array:
        """Return the long-term spectrum of the sentences."""
        return long_term_spectrum(self._recordings[text] for text in texts)


def voice_figures(
    system: str, takes: Sequence[Take], teacher: Teacher, hearing: Mapping[str, Listener]
) -> VoiceFigures:
    """Return the figures of the takes, which are one voice's in one language."""
    line = takes[0].line
    spoken = [take for take in takes if len(take.samples)]
    measured = [_Measured(take, track(take.samples)) for take in spoken if take.line.purpose != WORDS]
    ends = {kind: list(_ends(measured, kind)) for kind in Kind}
    spectrum = long_term_spectrum(one.take.samples for one in measured) if measured else None
    correlations = [
        pitch_correlation((one.take.samples, one.pitch), teacher.heard(one.take.line.text)) for one in measured
    ]
    return VoiceFigures(
        system=system,
        voice=line.voice,
        language=line.language,
        takes=len(takes),
        failures=len(takes) - len(spoken),
        pitch_hz=_median([hz for one in measured for hz in one.pitch.hz[one.pitch.voiced].tolist()]),
        range=_mean(pitch_range(one.pitch) for one in measured if one.take.line.purpose == Kind.STATEMENT),
        statement_end=_median(ends[Kind.STATEMENT]),
        falling=_mean(end <= FALL for end in ends[Kind.STATEMENT]),
        question_end=_median(ends[Kind.YES_NO]),
        rising=_mean(end >= RISE for end in ends[Kind.YES_NO]),
        wh_end=_median(ends[Kind.WH]),
        list_end=_median(ends[Kind.LIST]),
        correlation=_mean(found for found in correlations if found is not None),
        constant_s=max((longest_constant_s(one.pitch) for one in measured), default=None),
        spectrum_db=None
        if spectrum is None
        else distance_db(spectrum, teacher.spectrum(one.take.line.text for one in measured)),
        below_800_hz=None if spectrum is None else low_share(spectrum),
        word_error=_word_error([take for take in takes if take.line.purpose == WORDS], hearing),
    )


def _ends(measured: Sequence[_Measured], kind: Kind) -> Iterable[float]:
    found = (final_movement(one.pitch) for one in measured if one.take.line.purpose == kind)
    return (end for end in found if end is not None)


def _word_error(takes: Sequence[Take], hearing: Mapping[str, Listener]) -> dict[str, float]:
    if not takes:
        return {}
    counts = {
        name: [word_errors(listener, take.line.text, take.samples) for take in takes]
        for name, listener in hearing.items()
    }
    return {name: sum(wrong for wrong, _ in rows) / sum(of for _, of in rows) for name, rows in counts.items()}


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return fmean(found) if found else None


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None


def summary(rows: Sequence[VoiceFigures]) -> VoiceFigures:
    """Return the figures of several voices as one: means, the longest constant stretch, sums of takes and failures."""
    combined: dict[str, Any] = {"system": rows[0].system, "voice": "all", "language": rows[0].language}
    for field in fields(VoiceFigures)[3:]:
        values = [getattr(row, field.name) for row in rows if getattr(row, field.name) is not None]
        if field.name == "word_error":
            combined[field.name] = {name: fmean(value[name] for value in values) for name in values[0]}
        elif field.name in ("takes", "failures"):
            combined[field.name] = sum(values)
        else:
            combined[field.name] = None if not values else max(values) if field.name == "constant_s" else fmean(values)
    return VoiceFigures(**combined)
