"""Verdicts of the demo voice's aligner on sentences as they are, and with faults put in at the true word bounds."""

import json
from collections import Counter

import pytest

from core.alignment import FaultKind, load_aligner
from core.alignment.again import NO_GAIN
from core.alignment.reading import SHORT_TAIL, Reading, Standard, Visit, judge
from tests.core.alignment.samples import DATA, VOICE, is_clean, samples
from tools.aligner.evaluation import whole
from tools.aligner.faults import Bounded, Injection, injected
from tools.aligner.pairs import Pair

NAMED = {
    Injection.REMOVED: {FaultKind.OMITTED},
    Injection.DOUBLED: {FaultKind.REPEATED},
    Injection.REPLACED: {FaultKind.OMITTED, FaultKind.FOREIGN, FaultKind.REPEATED},
    Injection.TAIL: {FaultKind.TAIL, FaultKind.REPEATED},
}
"""Kinds of a fault that name what was put in."""


@pytest.fixture(scope="module")
def verdicts():
    aligner = load_aligner(VOICE)
    assert aligner is not None
    rows = []
    for sample in samples():
        pair = Pair(sample.text, tuple(sample.tokens))
        words = tuple(sample.text[start:end].casefold() for start, end in sample.words)
        rows.append(Bounded(pair, words, (*sample.starts, len(sample.tokens) - 4)))
    return [(kind, whole(aligner, pair)[1]) for kind, pair in injected(rows, seed=1)]


def test_verdict_finds_nearly_all_faults_and_alarms_rarely(verdicts) -> None:
    tried, found = Counter(), Counter()
    for kind, verdict in verdicts:
        tried[kind] += 1
        found[kind] += bool(verdict.faults)
    shares = {kind: found[kind] / count for kind, count in tried.items()}
    assert shares[None] <= 0.05, "false alarms"
    assert shares[Injection.TAIL] == 1
    assert min(shares[kind] for kind in Injection) >= 0.95, shares


def test_verdict_names_the_fault(verdicts) -> None:
    named, told = Counter(), Counter()
    for kind, verdict in verdicts:
        if kind and verdict.faults:
            told[kind] += 1
            named[kind] += any(fault.kind in NAMED[kind] for fault in verdict.faults)
    assert all(named[kind] >= 0.9 * told[kind] for kind in Injection), (named, told)


def test_score_is_one_without_faults_and_below_with_one(verdicts) -> None:
    for _, verdict in verdicts:
        concerned = any(fault.words for fault in verdict.faults)
        assert (verdict.score < 1) == concerned


def test_sound_that_other_letters_stand_for_too_is_no_fault() -> None:
    """The network hears these as the other form of a vowel, or as Telugu letters of the same sound."""
    aligner = load_aligner(VOICE)
    assert aligner is not None
    rows = [json.loads(line) for line in DATA.with_name("letters_alike.jsonl").read_text("utf-8").splitlines()]
    for row in rows:
        assert is_clean(whole(aligner, Pair(row["text"], tuple(row["tokens"])))[1]), row["text"]


@pytest.mark.parametrize(("tokens", "kinds"), [(SHORT_TAIL - 1, []), (SHORT_TAIL, [FaultKind.TAIL])])
def test_the_last_word_may_sound_on_a_little(tokens: int, kinds: list[FaultKind]) -> None:
    word = Reading(Visit(0, 0, 20, 5), deficit=0.0, left_out=0, gain=NO_GAIN, again=0)
    behind = Reading(Visit(None, 20, 20 + tokens, 1), deficit=0.0, left_out=0, gain=NO_GAIN, again=0)
    verdict = judge([word, behind], [5], 20 + tokens, Standard(pace=1.3, alarm=2.0, jump=-14.0, again=-2.5))
    assert [fault.kind for fault in verdict.faults] == kinds
