"""Truth about words in the demo voice's tokens: starts, and words that were misread."""

import random

import pytest

from core.alignment import Fault, FaultKind
from tools.aligner.pairs import Pair
from training.demo_voice.aligner_pairs import with_word_again
from training.demo_voice.codes import codes
from training.demo_voice.phones import PHONES
from training.demo_voice.spoken import Spoken
from training.demo_voice.word_truth import SpokenPhone, misread_words, word_starts

WORDS = (("dh", "ax"), ("k", "ae", "t"), ("s", "ae", "t"))
EXPECTED = [SpokenPhone(PHONES.index(name), word) for word, names in enumerate(WORDS) for name in names]


def spoken(*names: str) -> list[int]:
    """Return the tokens of phones of three frames each."""
    return codes([PHONES.index(name) for name in names], [3] * len(names), [7] * 3 * len(names))


def test_starts_are_those_of_the_first_phones_whatever_pauses_there_are() -> None:
    tokens = spoken("pau", "dh", "ax", "k", "ae", "t", "pau", "s", "ae", "t", "pau")
    assert word_starts(tokens, EXPECTED) == {0: 3, 1: 9, 2: 21}
    assert not misread_words(tokens, EXPECTED)


@pytest.mark.parametrize(
    ("names", "misread"),
    [
        ("pau dh ax k eh t s ae t pau", {1}),
        ("pau dh ax k ae t s ae pau", {2}),
        ("pau k ae t s ae t pau", {0}),
        ("pau dh ax k ae t k ae t s ae t pau", {1}),
        ("pau dh ax n k ae t s ae t pau", {0, 1}),
        ("pau dh ax k ae t s ae t z pau", {2}),
    ],
)
def test_words_with_other_phones_than_expected_are_misread(names: str, misread: set[int]) -> None:
    assert misread <= misread_words(spoken(*names.split()), EXPECTED) <= misread | {max(misread) + 1, min(misread) - 1}


def test_pair_with_a_word_again_has_its_tokens_and_start_twice() -> None:
    pair = with_word_again(Pair("Of, course.", (0, 5, 6, 7, 8, 9, 0), (1, 3)), random.Random(0))
    assert pair == Pair("Of Of, course.", (0, 5, 6, 5, 6, 7, 8, 9, 0), (1, 3, 5))
    for whole in (Pair("word", (1, 2), (0,)), Pair("two words", (1, 2), None)):
        assert with_word_again(whole, random.Random(0)) == whole


def test_start_of_a_word_whose_first_phone_was_misread_is_not_known() -> None:
    assert word_starts(spoken("pau", "dh", "ax", "g", "ae", "t", "s", "ae", "t", "pau"), EXPECTED).keys() == {0, 2}


def test_alarm_at_the_tokens_of_a_misread_word_is_not_false() -> None:
    """The model said "band kand": the alignment finds foreign sound before the next word, and names that word."""
    words = ("mera", "band", "kar", "sakte", "hain")
    row = Spoken("hi", Pair(" ".join(words), (0,) * 90), words, {0: 0, 1: 10, 2: 42, 3: 55, 4: 70}, frozenset({1}))
    assert not row.is_false(Fault(FaultKind.FOREIGN, 34, 41, range(3, 4)))
    assert row.is_false(Fault(FaultKind.FOREIGN, 60, 66, range(3, 4)))
    assert row.is_false(Fault(FaultKind.REPEATED, 60, 66, range(4, 5)))
