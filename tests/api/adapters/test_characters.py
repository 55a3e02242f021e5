"""Times of characters: they cover the sound without gaps, whatever is told when."""

from itertools import pairwise

import numpy as np
import pytest

from api.adapters.elevenlabs.characters import CharacterTimes


def test_characters_of_a_word_follow_each_other_evenly():
    times = CharacterTimes()
    times.add_word("Good", 0.1, 0.5)
    times.add_silent(", ")
    times.add_word("day", 0.7, 1.0)
    taken = times.take(1.2)
    assert taken.text == "Good, day"
    assert taken.starts_s == pytest.approx((0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.7, 0.8, 0.9))
    assert (taken.from_s, taken.end_s, taken.until_s) == (0.0, 1.2, 1.2)


@pytest.mark.parametrize(("word", "letters"), [("नमस्ते", (0, 1, 2, 2, 3, 3)), ("నమస్కారం", (0, 1, 2, 2, 3, 3, 4, 4))])
def test_marks_begin_with_their_letter(word, letters):
    times = CharacterTimes()
    times.add_word(word, 0.0, 0.1 * (letters[-1] + 1))
    assert times.take(1.0).starts_s == pytest.approx([0.1 * letter for letter in letters])


def test_a_word_without_its_end_gives_its_first_character_alone():
    times = CharacterTimes()
    times.add_word("word", 0.1, None)
    assert times.take(0.2).text == "w"
    assert times.take(0.15) is None
    times.end_word(0.5)
    times.add_silent(" ")
    taken = times.take(0.6)
    assert taken.text == "ord " and taken.starts_s == pytest.approx((0.2, 0.3, 0.4, 0.5))
    assert taken.from_s == 0.2


def test_characters_wait_for_the_sound_that_holds_them():
    times = CharacterTimes()
    times.add_word("abcd", 0.0, 0.4)
    taken = [times.take(until_s) for until_s in (0.15, 0.2, 1.0)]
    assert [one and one.text for one in taken] == ["ab", None, "cd"]
    assert [(one.from_s, one.until_s) for one in taken if one] == [(0.0, 0.15), (0.15, 1.0)]
    assert taken[0].end_s == 0.2  # where the next one begins


def test_characters_behind_a_word_that_ends_with_the_sound_come_with_it():
    times = CharacterTimes()
    times.add_word("end", 0.0, 0.3)
    times.add_silent(". ")
    times.add_word("next", 0.3, 0.4)
    taken = times.take(0.3)
    assert taken.text == "end. " and taken.until_s == 0.3


def test_a_word_that_is_told_late_begins_where_the_characters_before_it_ended():
    times = CharacterTimes()
    times.add_silent("“")
    assert times.take(0.5).text == "“"
    times.add_word("late", 0.4, 0.8)
    assert times.take(1.0).starts_s == pytest.approx((0.5, 0.5, 0.6, 0.7))


def test_times_never_decrease_and_every_character_comes_once():
    random = np.random.default_rng(0)
    for _ in range(200):
        times, texts, taken, at_s = CharacterTimes(), [], [], 0.0
        for index in range(20):
            start_s = at_s + random.choice([0.0, 0.02, 0.3])
            at_s = start_s + random.choice([0.0, 0.02, 0.4])
            text = f"w{index}"
            times.add_word(text, start_s, None if random.random() < 0.5 else at_s)
            if random.random() < 0.5:
                taken.append(times.take(at_s - random.choice([0.0, 0.1])))
            times.end_word(at_s)
            times.add_silent(" ")
            texts.append(f"{text} ")
        taken = [one for one in (*taken, times.take(at_s + 1)) if one]
        assert "".join(one.text for one in taken) == "".join(texts)
        edges = [edge for one in taken for edge in (one.from_s, *one.starts_s, one.until_s)]
        assert edges == sorted(edges)
        assert all(before.until_s == after.from_s for before, after in pairwise(taken))
