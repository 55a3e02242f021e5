"""Letters of words, and the states of their alignment."""

import pytest

from core.alignment.states import NEVER, SKIP, lay_out
from core.alignment.units import OTHER, UnitTable, letters_of_word


@pytest.mark.parametrize(
    ("word", "letters"),
    [
        ("Café", "cafe"),
        ("tea's", "teas"),
        ("कमल", "क अ म अ ल"),
        ("नमस्ते", "न अ म अ स त े"),
        ("बड़ा", "ब अ ड ़ ा"),
        ("हिंदी", "ह ि ं द ी"),
        ("संग", "स अ ं ग"),
        ("తన", "త అ న అ"),
        ("చెప్పలేదు", "చ ె ప ప అ ల ే ద ు"),
        ("தமிழ்", "த அ ம ி ழ"),
        ("…", ""),
    ],
)
def test_letters_of_a_word_have_the_vowels_that_indic_consonants_imply(word: str, letters: str) -> None:
    assert letters_of_word(word) == letters.replace(" ", "")


def test_word_without_letters_that_the_model_knows_has_one_unit() -> None:
    table = UnitTable("ab")
    assert table.words("! cab", [(0, 1), (2, 5)]) == [(OTHER,), (OTHER, 2, 3)]


def test_units_alike_are_forms_of_a_vowel_and_letters_of_other_indic_scripts() -> None:
    letters = "aअआएाेఆడड"
    table = UnitTable(letters)
    alike = [{letters[unit - 2] for unit in row} for row in table.alike[:, 2:].T.tolist()]
    assert alike == [set("a"), set("अ"), set("आाఆ"), set("एे"), set("आाఆ"), set("एे"), set("आाఆ")] + [set("డड")] * 2


def test_states_have_an_onset_for_each_word_and_optional_silences() -> None:
    states = lay_out([[2, 3, 4], [5]])
    assert states.units.tolist() == [0, 2, 2, 3, 4, 0, 5, 5]
    assert states.words.tolist() == [0, 0, 0, 0, 0, 1, 1, 1]
    assert states.onsets.tolist() == [1, 6] and states.tails.tolist() == [7]
    assert states.skips.tolist() == pytest.approx([NEVER, NEVER, NEVER, 0, SKIP, SKIP, 0, NEVER])
