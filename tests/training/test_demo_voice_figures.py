"""Figures, targets and tables of voices whose sounds are made with a known pitch."""

from dataclasses import replace

import numpy as np
import pytest

from ops.reference.parts import fill
from tests.training.speech_like import contour, voice
from training.demo_voice.measures.figures import WORDS, Teacher, VoiceFigures, summary, voice_figures
from training.demo_voice.measures.report import Report
from training.demo_voice.measures.tables import columns, systems_table, voices_table
from training.demo_voice.measures.takes import Line, Take, spread
from training.demo_voice.measures.targets import voice_targets
from training.demo_voice.unseen import Kind

FALLING = [(0, 120.0), (0.3, 170.0), (0.6, 130.0), (0.9, 150.0), (1.2, 105.0)]
RISING = [(0, 130.0), (0.3, 160.0), (0.8, 125.0), (1.2, 190.0)]


class Parrot:
    """Listener that understands every word but the last."""

    def recognise(self, samples: np.ndarray) -> list[str]:
        return ["the", "harbour", "is"]


def take(kind: str, text: str, points: list[tuple[float, float]]) -> Take:
    return Take(Line("Anna", "en", kind, text), voice(contour(points)).astype(np.float32))


@pytest.fixture(scope="module")
def figures() -> VoiceFigures:
    takes = [
        take(Kind.STATEMENT, "It is.", FALLING),
        take(Kind.YES_NO, "Is it?", RISING),
        take(WORDS, "The harbor is open", FALLING),
        Take(Line("Anna", "en", Kind.WH, "Why?"), np.zeros(0, np.float32)),
    ]
    teacher = Teacher({one.line.text: one.samples for one in takes})
    return voice_figures("new", takes, teacher, {"parrot": Parrot()})


def test_figures_are_those_of_the_sounds(figures) -> None:
    assert (figures.takes, figures.failures) == (4, 1)
    assert figures.falling == figures.rising == 1
    assert figures.statement_end < -2
    assert figures.question_end > 2
    known = np.percentile(12 * np.log2(contour(FALLING)), [5, 95])
    assert figures.range == pytest.approx(known[1] - known[0], abs=0.4)
    assert figures.correlation > 0.99
    assert figures.spectrum_db < 0.1
    assert figures.constant_s < 0.3
    assert figures.wh_end is None
    assert figures.word_error == {"parrot": 0.25}


def test_voice_that_fails_every_sentence_has_no_figures_and_meets_no_target(figures) -> None:
    silent = [Take(Line("Mute", "en", kind, "It is."), np.zeros(0, np.float32)) for kind in (Kind.STATEMENT, WORDS)]
    mute = voice_figures("new", silent, Teacher({}), {"parrot": Parrot()})
    assert (mute.takes, mute.failures, mute.pitch_hz, mute.constant_s, mute.spectrum_db) == (2, 2, None, None, None)
    assert mute.word_error == {"parrot": 1.0}
    met = {target.name: target.met for target in voice_targets([figures, mute])}
    assert not met["en: distance of any voice's spectrum, dB"]
    assert not any(target.met for target in voice_targets([mute]) if "over the mean" not in target.name)


def test_summary_takes_means_and_the_longest_constant_pitch(figures) -> None:
    other = replace(figures, voice="Ravi", constant_s=0.9, rising=0.0, wh_end=1.0, word_error={"parrot": 0.75})
    both = summary([figures, other])
    assert (both.voice, both.takes, both.constant_s, both.rising, both.wh_end) == ("all", 8, 0.9, 0.5, 1.0)
    assert both.word_error == {"parrot": 0.5}


def test_targets_are_met_or_missed_by_the_worst_voice(figures) -> None:
    dark = replace(figures, voice="Ravi", spectrum_db=9.0, word_error={"parrot": 1.0})
    met = {target.name: target.met for target in voice_targets([figures, dark])}
    assert met["en: range of pitch in statements, semitones"]
    assert not met["en: distance of any voice's spectrum, dB"]
    assert not met["en: word error, parrot"]
    assert not met["en: word error of the worst voice over the mean, parrot"]
    assert not next(iter(voice_targets([replace(figures, range=None)]))).met


def test_tables_have_a_column_for_each_system_and_a_row_for_each_voice(figures) -> None:
    rows = [replace(figures, system="flite", voice="slt"), replace(figures, system="flite", voice="rms"), figures]
    assert list(columns(rows, "en")) == ["flite slt", "flite rms", "new"]
    table = list(systems_table(rows, "en"))
    assert table[0] == "| en | flite slt | flite rms | new |"
    assert "| yes/no questions that rise | 100% | 100% | 100% |" in table
    assert not any("other questions" in line for line in table)
    assert [line.split(" | ")[0] for line in voices_table([*rows, replace(figures, voice="Ravi")], "new")][2:] == [
        "| Anna",
        "| Ravi",
    ]


def test_report_fills_the_marked_parts_of_a_card(figures) -> None:
    report = Report(comparison=[replace(figures, system="old"), figures])
    page = "Before.\n<!-- generated: targets -->\nold text\n<!-- /generated -->\nAfter."
    filled = fill(page, report.parts())
    assert "old text" not in filled
    assert "| en: longest constant pitch of any voice, s | ≤ 0.5 |" in filled
    assert fill(filled, report.parts()) == filled


def test_sentences_are_spread_over_all_voices_evenly() -> None:
    voices, sentences = [f"v{i}" for i in range(12)], [f"s{i}" for i in range(36)]
    pairs = list(spread(voices, sentences, 2))
    assert len(set(pairs)) == len(pairs) == 72
    assert {voice: sum(one == voice for one, _ in pairs) for voice in voices} == dict.fromkeys(voices, 6)
    assert list(spread(["only"], ["a", "b"], 2)) == [("only", "a"), ("only", "b")]
