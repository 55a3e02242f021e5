"""Sentence segmentation of arriving text: at the boundaries of `spans`, as early as possible, in linear time."""

import inspect
import json
import random
import re
from contextlib import suppress
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processing.arriving import LONGEST_WAIT, SentenceSegmenter
from processing.sentences import spans
from tests.hostile import UNITS, calls, cpu_s, text_of, traced_memory

DATA = Path(__file__).parents[1] / "data"
WORD_AHEAD = re.compile(r"(?:\[[^\]\s]*\]|[^\w\[]|_)*[^\W_]\S*\s")
"""Text behind the end of a sentence that lets the sentence be emitted: the first word, whole."""

PARTS = ["Hello", "world", " ", "  ", ". ", "! ", "? ", "...", "।", "॥ 12 ॥", "॥१॥", "॥ 1", "[laughs]", "[two words]"]
PARTS += ["\n", "\r\n", "www.a.b", "http://x.y/z", "Dr. ", "No. ", "e.g.", "J. K. ", "బి. ", "ఎ.", "అని ", '"', "”", ")"]
PARTS += ["😀", "_", "3.5", "IV. ", "lower", "క|", "|", ".Next", ":", "p.m. ", "IST ", "[", "]", "-", "$", "#5", "[x y"]
SIGNS = list("aB1 .!?\n[]()\"'।॥_-|w:/h,é😀\u0c15\u0c4d")
SHORT = st.one_of(
    st.lists(st.sampled_from(kinds), max_size=60).map(lambda parts: "".join(parts)[: LONGEST_WAIT - 10])
    for kinds in (PARTS, PARTS + list(UNITS.values()), SIGNS)
)
LONG = st.lists(
    st.tuples(st.sampled_from(PARTS + list(UNITS.values())), st.integers(1, 400)), min_size=1, max_size=12
).map(lambda runs: "".join(unit * times for unit, times in runs)[:4_000])


def corpora() -> list[str]:
    texts = [case["text"] for case in json.loads((DATA / "sentences.json").read_text("utf-8"))]
    for name in ("normalise.tsv", "normalise_more.tsv"):
        lines = (DATA / name).read_text("utf-8").splitlines()
        texts += [line.split("\t")[1] for line in lines if not line.startswith("#")]
    for path in sorted(DATA.glob("unseen_sentences_*.txt")):
        texts += path.read_text("utf-8").splitlines()
    return texts


CORPORA = corpora()
PROSE = st.lists(st.tuples(st.sampled_from(CORPORA), st.sampled_from([" ", "\n", "  ", ""])), max_size=6).map(
    lambda parts: "".join(text + gap for text, gap in parts)
)


def pieces_of(text: str, chance: random.Random) -> list[str]:
    """Return `text` cut at random: character by character, in small pieces, or in large ones."""
    longest = chance.choice([1, 8, 60, 500])
    cuts = accumulate(iter(lambda: chance.randint(1, longest), 0))
    places = [0]
    while places[-1] < len(text):
        places.append(min(next(cuts), len(text)))
    return [text[start:end] for start, end in pairwise(places)]


def cuts_of(pieces: list[str]) -> tuple[list[tuple[int, int]], str]:
    """Return each cut with the number of characters fed by then, and the whole output."""
    segmenter, emitted, fed = SentenceSegmenter(), "", 0
    cuts: list[tuple[int, int]] = []
    for piece in pieces:
        fed += len(piece)
        whole = segmenter.feed(piece)
        assert whole == "" or any(map(str.isalnum, whole))
        if whole:
            emitted += whole
            cuts.append((len(emitted), fed))
    return cuts, emitted + segmenter.finish()


@settings(max_examples=1_500)
@given(SHORT | PROSE.filter(lambda text: len(text) < LONGEST_WAIT), st.randoms(use_true_random=False))
def test_segmenter_cuts_at_ends_of_sentences_of_the_whole_text(text: str, chance: random.Random) -> None:
    cuts, emitted = cuts_of(pieces_of(text, chance))
    assert emitted == text
    assert {cut for cut, _ in cuts} <= {end for _, end in spans(text)}


@settings(max_examples=300)
@given(LONG | PROSE, st.randoms(use_true_random=False))
def test_segmenter_cuts_elsewhere_only_after_a_long_wait(text: str, chance: random.Random) -> None:
    cuts, emitted = cuts_of(pieces_of(text, chance))
    assert emitted == text
    ends, before = {end for _, end in spans(text)}, 0
    for cut, fed in cuts:
        assert cut in ends or fed - before > LONGEST_WAIT
        before = cut


@settings(max_examples=1_500)
@given(SHORT | PROSE, st.randoms(use_true_random=False))
def test_segmenter_emits_a_sentence_with_the_first_whole_word_behind_it(text: str, chance: random.Random) -> None:
    text = text.replace("॥", "।")[:430]  # figures behind a double danda may be a verse's number
    ends = [end for _, end in spans(text)]
    segmenter, emitted, fed = SentenceSegmenter(), 0, 0
    for piece in pieces_of(text, chance):
        emitted, fed = emitted + len(segmenter.feed(piece)), fed + len(piece)
        due = (end for end in ends if emitted < end < fed and WORD_AHEAD.match(text[:fed], end))
        assert not any(any(map(str.isalnum, text[emitted:end])) for end in due)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Hello there. How are you today? Fine. ", ["Hello there. ", "How are you today? "]),
        ("It costs 3.50 rupees. Dr. Rao paid it.", ["It costs 3.50 rupees. "]),
        ("यह पहला है। यह दूसरा है।", ["यह पहला है। "]),
        ("... ... Hello. Next one", ["... ... Hello. "]),
        ("राम आया॥ १२ ॥ सीता गई।", ["राम आया॥ १२ ॥ "]),
        ("One two. Three.\n[laughs]\nNext one", ["One two. ", "Three.\n"]),
        ("Apples etc. - and pears. Next one", ["Apples etc. - and pears. "]),
        ("Apples etc. _ and pears. Next one", ["Apples etc. _ and pears. "]),
        ("We won! [laughs out loud]\nNext one", ["We won! [laughs out loud]\n"]),
    ],
)
def test_segmenter_emits_whole_sentences(text: str, whole: list[str]) -> None:
    segmenter = SentenceSegmenter()
    emitted = [segmenter.feed(character) for character in text]
    assert [sentences for sentences in emitted if sentences] == whole
    assert segmenter.finish() == text.removeprefix("".join(whole))


def test_segmenter_ends_a_word_at_a_bracket_of_a_later_piece() -> None:
    segmenter = SentenceSegmenter()
    assert segmenter.feed("It ends here. Next[") == ""
    assert segmenter.feed(" (") == "It ends here. "


def test_segmenter_takes_no_sign_for_a_word() -> None:
    segmenter = SentenceSegmenter()
    assert segmenter.feed("We meet at 5 p.m. - I") == ""
    assert segmenter.feed("ST we go. Next one") == "We meet at 5 p.m. - IST we go. "


def test_segmenter_emits_chunks_when_no_sentence_ends() -> None:
    segmenter = SentenceSegmenter()
    emitted = [segmenter.feed("word ") for _ in range(400)]
    chunks = [text for text in emitted if text]
    assert all(len(text) <= LONGEST_WAIT for text in chunks) and len(chunks) >= 5
    assert "".join([*chunks, segmenter.finish()]) == "word " * 400


SIZE = 3_000


@pytest.mark.parametrize("step", [1, 10**6], ids=["by character", "in one piece"])
@pytest.mark.parametrize("name", UNITS)
def test_segmenter_takes_linear_time(name: str, step: int) -> None:
    def feed(text: str) -> None:
        segmenter = SentenceSegmenter()
        for start in range(0, len(text), step):
            segmenter.feed(text[start : start + step])
        segmenter.finish()

    small, large = text_of(UNITS[name], SIZE), text_of(UNITS[name], 4 * SIZE)
    assert calls(lambda: feed(large)) < 4.5 * calls(lambda: feed(small)) + 200
    # Work inside a call of `re` shows only in time: quadratic work would take 16 times as long.
    whole = text_of(UNITS[name], 24_000)
    assert cpu_s(lambda: feed(whole)) < 8 * cpu_s(lambda: feed(whole[:6_000])) + 0.02


def test_segmenter_keeps_no_emitted_text() -> None:
    code = """
from processing.arriving import SentenceSegmenter
segmenter = SentenceSegmenter()
def feed(sentences):
    for character in "A sentence of some words comes here, and then another. " * sentences:
        segmenter.feed(character)
feed(100)
work = lambda: feed(1_000)
"""
    assert traced_memory(code)[0] < 10_000


@pytest.mark.parametrize(("unit", "last"), [("! ", "So it"), ("! ", "so"), ("(", "so"), ("( ", "so it")])
def test_segmenter_takes_short_steps_when_one_word_decides_about_many_stops(unit: str, last: str) -> None:
    segmenter = SentenceSegmenter()
    segmenter.feed(text_of(unit, 45_000))
    steps, counts = segmenter.feed_steps(last), [0]

    def step() -> None:
        with suppress(StopIteration):
            next(steps)

    while inspect.getgeneratorstate(steps) != inspect.GEN_CLOSED:
        counts.append(calls(step))
    assert max(counts) < 20_000 and sum(counts) > 30_000
