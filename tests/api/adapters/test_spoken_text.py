"""Words of a text with the characters around them."""

import pytest

from api.adapters.spoken_text import SpokenText
from api.request_text import MAX_TEXT


def tokens(text, *words):
    """Return the tokens of `words` in a text, and what is behind the last one."""
    spoken, at = SpokenText(text), 0
    made = []
    for word in words:
        at = text.index(word, at)
        made.append(spoken.read_word(at, at + len(word)).token)
        at += len(word)
    return made, spoken.read_rest()


@pytest.mark.parametrize(
    ("text", "expected", "rest"),
    [
        ("Well, it is.", ["Well,", "it", "is."], ""),
        ("“Yes”, (he) said—then…", ["“Yes”,", "(he)", "said—", "then…"], ""),
        ('Wait <break time="1s" /> here!', ["Wait", "here!"], ""),
        ("It costs ₹1,299 now 🙂", ["It", "costs", "₹1,299", "now"], "🙂"),
        ("नमस्ते! कैसे हैं?", ["नमस्ते!", "कैसे", "हैं?"], ""),
    ],
)
def test_tokens_are_words_with_the_punctuation_that_touches_them(text, expected, rest):
    words = [word.strip("“”(),.!?—… ") for word in expected]
    assert tokens(text, *words) == (expected, rest)


def test_text_that_arrives_is_read_at_its_places():
    spoken = SpokenText()
    spoken.add("One ")
    spoken.add("two. ")
    assert spoken.read_word(0, 3).behind == " "
    spoken.add("Three")
    assert [spoken.read_word(4, 7).token, spoken.read_word(9, 14).token] == ["two.", "Three"]


def test_text_without_words_is_forgotten():
    spoken = SpokenText()
    for _ in range(10):
        spoken.add("… " * (MAX_TEXT // 4))
    end = 10 * 2 * (MAX_TEXT // 4)
    spoken.add("word")
    read = spoken.read_word(end, end + 4)
    assert read.word == "word" and len(read.before) < MAX_TEXT
