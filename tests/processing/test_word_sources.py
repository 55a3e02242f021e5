"""Spans of the text that the client sent, from which the spoken words of its chunks come."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from processing.markup.arriving import MarkupSegmenter
from processing.markup.reading import Form
from processing.script import ScriptRules, write_script
from shared.passages import Passage
from shared.source_map import SourceMap
from shared.steps import finish
from shared.types import ChunkWord, Sampling, TextChunk, Utterance, Voice
from tests.hostile import UNITS, cpu_s, text_of
from tests.processing.markup.documents import VOICES

DATA = Path(__file__).parents[1] / "data"
VOICE = Voice(id="asha", name="Asha", speaker="asha")
RULES = ScriptRules(threshold=220, target=170, emotions=("excited",))


def chunks_of(text: str, **options) -> tuple[TextChunk, ...]:
    return write_script(Utterance(text, VOICE, Sampling(), 16_000, word_times=True, **options), RULES).chunks


def words_of(text: str, **options) -> Iterator[tuple[str, ChunkWord]]:
    for chunk in chunks_of(text, **options):
        for word in chunk.words:
            yield chunk.text[word.start : word.end], word


def told(text: str, **options) -> list[tuple[str, str]]:
    """Return each written form that is told, with the words that are spoken for it."""
    forms: list[tuple[str, str]] = []
    last = None
    for said, word in words_of(text, **options):
        if last is not None and word.source == last:
            forms[-1] = (forms[-1][0], f"{forms[-1][1]} {said}")
        else:
            forms.append((word.written, said))
        last = word.source
    return forms


def check_sources(text: str, **options) -> None:
    last = (0, 0)
    spoken, written, made = Counter[str](), Counter[str](), Counter[str]()
    for said, word in words_of(text, **options):
        assert word.source is not None
        start, end = word.source
        assert 0 <= start < end <= len(text), (text, said, word)
        assert word.source == last or start >= last[1], (text, said, word)
        if word.written == text[start:end]:
            written.update(re.findall(r"[^\W\d_]{2,}", word.written) if word.source != last else [])
        if said != text[start:end]:
            made.update(re.findall(r"[^\W\d_]{2,}", said))
        last = word.source
        spoken.update(re.findall(r"[^\W\d_]{2,}", said))
        assert not text[start:end][:1].isspace() and not text[start:end][-1:].isspace()
    uncovered = Counter(re.findall(r"[^\W\d_]{2,}", text)) - written
    for word, times in uncovered.items():
        assert times >= 0
        if word in spoken:
            assert spoken[word] <= written[word] + made[word], (text, word)


def probes() -> list[str]:
    files = [*DATA.glob("normalise/*.tsv"), *DATA.glob("normalise*.tsv")]
    rows = (line.split("\t") for file in files for line in file.read_text("utf-8").splitlines())
    fields = [field for row in rows if not row[0].startswith("#") for field in row[:2] if len(field) > 2]
    lines = [line for file in DATA.glob("unseen*.txt") for line in file.read_text("utf-8").splitlines()]
    return [field.replace("\\n", "\n") for field in fields + lines]


def test_sources_of_the_cases_of_all_languages_are_in_order_and_complete() -> None:
    texts = probes()
    assert len(texts) > 1_500
    for text in texts:
        check_sources(text)


def test_sources_of_a_long_text_of_all_cases_run_over_all_chunks() -> None:
    check_sources("\n".join(probes()[::4])[:20_000])


@pytest.mark.parametrize("unit", UNITS.values())
def test_sources_of_hostile_texts_are_in_order(unit: str) -> None:
    check_sources(text_of(unit, 600))


@pytest.mark.parametrize("unit", [*UNITS.values(), "1-", "* ", "a😀 ", "[b](c) ", "<b>x</b> ", "a |\n| b", "&amp; "])
def test_cost_of_sources_is_linear_in_hostile_texts(unit: str) -> None:
    for _ in range(3):  # a slow measurement is repeated before it counts
        small, large = (cpu_s(lambda size=size: chunks_of(text_of(unit, size)), times=1) for size in (250, 2_000))
        if large < 0.002 or large < 14 * small:
            return
    raise AssertionError(f"{small * 1000:.1f} ms become {large * 1000:.1f} ms in 8 times the text")


@pytest.mark.parametrize("text", ["Hello, the world of  “old” letters.\nनमस्ते दुनिया। నమస్తే ప్రపంచం!", "a b\tc d"])
@pytest.mark.parametrize("normalize", [True, False])
def test_spoken_word_is_the_written_one_where_no_rule_changes_it(text: str, normalize: bool) -> None:
    words = list(words_of(text, normalize=normalize))
    assert [said for said, _ in words] == re.findall(r"[\w\u0900-\u0963\u0966-\u0dff]+", text)
    for said, word in words:
        assert word.source and text[slice(*word.source)] == said == word.written


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("It costs ₹1,299, Dr. Rao!", [("It", "It"), ("costs", "costs"),
            ("₹1,299", "one thousand two hundred and ninety nine rupees"), ("Dr.", "Doctor"), ("Rao", "Rao")]),
        ("[excited] Oh <laugh> yes [sad] no", [("Oh", "Oh"), ("yes", "yes"), ("no", "no")]),
        ("see [the *big* link](http://x.y/z) & **all**", [("see", "see"), ("the", "the"), ("big", "big"),
            ("link", "link"), ("&", "and"), ("all", "all")]),
        ("# Title\n\n| a b | 12 |\n|---|---|\n| c | d |",
            [("Title", "Title"), ("a", "a"), ("b", "b"), ("12", "twelve"), ("c", "c"), ("d", "d")]),
        ("𝐇𝐢 cafe\u0301 😀 you &amp; me", [("𝐇𝐢", "Hi"), ("cafe\u0301", "café"),
            ("you", "you"), ("&", "and"), ("me", "me")]),
        ("१२३ रुपये", [("१२३", "एक सौ तेईस"), ("रुपये", "रुपये")]),
        ("- hi ----------------------------------------- there", [("hi", "hi"), ("there", "there")]),
    ],
)  # fmt: skip
def test_written_form_is_told_as_one(text: str, forms: list[tuple[str, str]]) -> None:
    assert told(text) == forms
    for _, word in words_of(text):
        assert word.source and text[slice(*word.source)] in (word.written, word.written.replace("&", "&amp;"))


def test_written_form_that_two_chunks_share_is_told_as_one() -> None:
    text = "₹98,76,54,321 " * 6
    chunks = chunks_of(text)
    assert any(one.words[-1].source == other.words[0].source for one, other in pairwise(chunks))
    check_sources(text)


def test_lexicon_entry_is_told_as_it_is_written() -> None:
    assert told("Our SQL runs", lexicon={"sql": "my sequel"}) == [
        ("Our", "Our"),
        ("SQL", "my sequel"),
        ("runs", "runs"),
    ]


def test_sources_are_offsets_in_the_text_that_was_sent() -> None:
    words = list(words_of("Hello 5", sources=SourceMap.verbatim(7, start=10)))
    assert [word.source for _, word in words] == [(10, 15), (16, 17)]


def test_text_that_comes_without_word_times_has_no_words() -> None:
    script = write_script(Utterance("Hello 5", VOICE, Sampling(), 16_000), RULES)
    assert all(not chunk.words for chunk in script.chunks)


SSML = (
    "<?xml version='1.0'?>\r\n<speak>Pay <say-as interpret-as='digits'>12</say-as> to\r\nAT&amp;T<break/>, the "
    "<sub alias='World Wide Web'>WWW</sub> नमस्ते <emphasis>now</emphasis>. <p>Next &#x41;b <![CDATA[a & b;c]]></p> "
    "<phoneme alphabet='ipa' ph='təˈmeɪtoʊ'> tomato </phoneme> end</speak>"
)
TAGS = (
    "Hello <break time='1s'/> <spell>AB</spell> 5 < 6, <emphasis>bold</emphasis> [excited] ₹5. <sub alias='x y'>z</sub>"
)


@pytest.mark.parametrize(
    ("text", "form", "forms"),
    [
        (SSML, Form.SSML, ["Pay", "12", "to", "AT", "&", "T", "the", "WWW", "नमस्ते", "now", "Next", "Ab", "a", "&",
            "b;c", "tomato", "end"]),
        (TAGS, Form.TAGS, ["Hello", "AB", "5", "<", "6", "bold", "₹5", "z"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_sources_of_markup_are_offsets_in_the_document(text: str, form: Form, forms: list[str], size: int) -> None:
    segmenter = MarkupSegmenter(form, VOICES, sourced=True)
    passages: list[Passage] = []
    for start in range(0, len(text), size):
        passages += getattr(finish(segmenter.feed_steps(text[start : start + size])), "passages", ())
    passages += getattr(segmenter.finish(), "passages", ())
    words = list(words_of("", passages=tuple(passages)))
    sources = list(dict.fromkeys(word.source for _, word in words))
    assert sources == sorted(sources)
    sent = [text[slice(*source)] for source in sources if source]
    assert [form.replace("&amp;", "&").replace("&#x41;", "A") for form in sent] == forms
    written = list(dict.fromkeys((word.source, word.written) for _, word in words))
    assert [form for _, form in written] == [{"WWW": "World Wide Web", "z": "x y"}.get(form, form) for form in forms]
