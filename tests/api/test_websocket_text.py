"""Sentences out of text that arrives piece by piece."""

import re

import pytest

from api.websocket.text_feed import Mark, Run, TextFeed
from shared.errors import TextTooLong, ValidationFailed


def taken(feed):
    out = []
    while feed._ready:
        out.append(feed._ready.popleft())
    return out


def token_by_token(text):
    feed, out = TextFeed(), []
    for token in re.findall(r"\s*\S+|\s+$", text):
        feed.add(token)
        out += taken(feed)
    feed.end()
    return [*out, *taken(feed)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Hello there. How are you today? Fine.", ["Hello there. ", "How are you today? Fine."]),
        ("It costs 3.50 rupees. Dr. Rao paid it.", ["It costs 3.50 rupees. ", "Dr. Rao paid it."]),
        ("यह पहला है। यह दूसरा है।", ["यह पहला है। ", "यह दूसरा है।"]),
        ("మీరు ఎలా ఉన్నారు? నేను బాగున్నాను.", ["మీరు ఎలా ఉన్నారు? ", "నేను బాగున్నాను."]),
        ("no end in sight", ["no end in sight"]),
    ],
)
def test_whole_sentences(text, sentences):
    out = token_by_token(text)
    assert out[-1] is Mark.END
    assert "".join(out[:-1]) == text
    assert [piece.strip() for piece in out[:-1]] == [sentence.strip() for sentence in sentences]


def test_a_sentence_waits_for_one_whole_word_behind_it():
    feed = TextFeed()
    for piece in ("It is 3", ".", "5", " metres", ".", " And"):
        feed.add(piece)
        assert not feed._ready
    feed.add(" it")
    assert taken(feed) == ["It is 3.5 metres. "]


def test_a_text_without_ends_is_given_in_bounded_pieces():
    feed = TextFeed()
    for _ in range(400):
        feed.add("word ")
        assert len(feed._rest) <= 450
    pieces = [*taken(feed), feed._rest]
    assert len(pieces) > 1 and "".join(pieces) == "word " * 400


def test_what_cannot_be_spoken_stays_with_what_follows():
    assert token_by_token("... ... Hello.")[:-1] == ["... ... Hello."]
    assert token_by_token("... !") == [Mark.END]


def test_limits():
    feed = TextFeed()
    feed.add("a" * 25_000 + ". ")
    with pytest.raises(TextTooLong):
        feed.add("a" * 25_001)
    with pytest.raises(ValidationFailed):
        TextFeed().add("\x00")
    split = TextFeed()
    split.add("<|im_")
    with pytest.raises(ValidationFailed):
        split.add("end|>")
    split.end()
    with pytest.raises(ValidationFailed, match="ended"):
        split.add("more")


async def test_a_run_ends_at_its_mark_or_when_nothing_comes():
    feed = TextFeed()
    feed.add("One. Two. Thr")
    feed.flush()
    feed.add("Four")
    feed.end()
    assert await feed.take() == "One. Two. Thr"
    assert Run(feed, idle_s=1).mark is Mark.FLUSH and await feed.take() == "Four"
    assert Run(feed, idle_s=1).mark is Mark.END
    idle = Run(TextFeed(), idle_s=0.01)
    assert [text async for text in idle.more()] == [] and idle.mark is Mark.IDLE
