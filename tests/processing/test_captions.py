"""Captions from the times of words."""

import re
from itertools import pairwise

import pytest

from processing.captions import LINE, Caption, SpokenWord, captions, srt, vtt


def spoken(text: str, *, word_s: float = 0.3, pauses: dict[int, float] | None = None) -> list[SpokenWord]:
    """Return the words of a text, each `word_s` long, with pauses before the words of these numbers."""
    words: list[SpokenWord] = []
    at = 0.0
    for number, match in enumerate(re.finditer(r"[^\s.,!?()“”]+", text)):
        at += (pauses or {}).get(number, 0.0)
        words.append(SpokenWord(match[0], at, at + word_s, match.span()))
        at += word_s
    return words


def texts(made: list[Caption]) -> list[str]:
    return ["|".join(caption.lines) for caption in made]


def test_captions_end_with_sentences_and_pauses():
    text = "Hello there! How are you (today), my friend? Fine."
    assert texts(captions(spoken(text, pauses={4: 0.6}), text)) == [
        "Hello there!",
        "How are",
        "you (today), my friend?",
        "Fine.",
    ]


def test_captions_have_two_lines_of_about_the_same_length():
    text = "The quick brown fox jumps over the lazy dog near the river bank"
    assert texts(captions(spoken(text, word_s=0.2), text)) == [
        "The quick brown fox jumps over|the lazy dog near the river bank"
    ]


def test_full_caption_ends_at_its_last_comma():
    text = (
        "One two three four five six seven eight nine ten eleven twelve, thirteen fourteen fifteen sixteen seventeen."
    )
    first, second = captions(spoken(text, word_s=0.1), text)
    assert first.lines[-1].endswith("twelve,") and second.lines[0].startswith("thirteen")


@pytest.mark.parametrize("word", ["word", "a" * 100, "వాక్యం", "x" * 42, "y" * 43])
def test_captions_keep_their_limits_and_every_word(word):
    text = f"{word} " * 60
    made = captions(spoken(text), text)
    assert all(len(caption.lines) <= 2 and all(len(line) <= LINE for line in caption.lines) for caption in made)
    assert all(caption.end_s - caption.start_s <= 7.001 for caption in made)
    assert all(one.end_s <= other.start_s + 1e-9 for one, other in pairwise(made))
    assert "".join("".join(caption.lines) for caption in made).replace(" ", "") == text.replace(" ", "")


def test_captions_leave_out_words_that_were_not_spoken():
    words = [
        SpokenWord("one", 0.0, 0.3, (0, 3)),
        SpokenWord("two", 0.3, 0.3, (4, 7)),
        SpokenWord("three", 0.3, 0.9, (8, 13)),
    ]
    assert texts(captions(words, "one two three")) == ["one three"]
    assert captions([], "") == []


def test_files_have_the_form_of_their_format():
    made = [Caption(0.0, 1.2345, ("Fish & <chips>",)), Caption(3661.5, 3662.0, ("a -->", "b"))]
    assert srt(made) == (
        "1\n00:00:00,000 --> 00:00:01,234\nFish & <chips>\n\n2\n01:01:01,500 --> 01:01:02,000\na →\nb\n\n"
    )
    assert vtt(made) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.234\nFish &amp; &lt;chips&gt;\n\n"
        "01:01:01.500 --> 01:01:02.000\na --&gt;\nb\n\n"
    )
