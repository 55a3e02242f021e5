import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from processing.chunks import chunk, find_chunks
from processing.sentences import sentences
from tests.hostile import stated_cpu_s, text_of, traced_memory

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60).flatmap(
    lambda part: st.integers(1, 30).map(lambda times: part * times)
)
PARTS = ["hello ", "క్షమించండి ", "राष्ट्र", "క్\u200dష", "👨\u200d👩\u200d👧 ", "[excited] ", "[laughs harder]"]
PARTS += [". ", "। ", ", ", "\n", "e\u0301", "🇮🇳", "1234567890"]
MIXED = st.lists(
    st.sampled_from(PARTS),
    max_size=300,
).map("".join)


def check(text: str, threshold: int = 220, target: int = 170) -> list[str]:
    chunks = chunk(text, threshold=threshold, target=target)
    pieces = [piece.text for piece in chunks]
    assert "".join(pieces) == text
    assert [piece.index for piece in chunks] == list(range(len(chunks)))
    assert [piece.last for piece in chunks] == [False] * (len(chunks) - 1) + [True] * bool(chunks)
    assert all(len(piece.strip()) <= threshold for piece in pieces)
    if text.strip():
        assert all(piece.strip() for piece in pieces)
    return pieces


@given(ANY_TEXT)
def test_chunks_joined_are_the_text(text: str) -> None:
    check(text)


@given(MIXED, st.integers(30, 220))
def test_chunker_cuts_no_cluster_conjunct_or_tag(text: str, threshold: int) -> None:
    pieces = check(text, threshold, max(1, threshold * 3 // 4))
    places = {0, *(found.end() for found in regex.finditer(r"\X", text))}
    inside = {place for tag in regex.finditer(r"\[[a-z ]+\]", text) for place in range(tag.start() + 1, tag.end())}
    cut = 0
    for piece in pieces:
        cut += len(piece)
        assert cut in places
        assert cut not in inside
        assert cut == len(text) or text[cut - 1] not in "\u094d\u0c4d\u200d\u200c"
        assert len(piece) <= threshold or text.isspace() or "\n" in piece


def test_chunker_returns_one_chunk_at_the_threshold() -> None:
    assert len(check("word " * 43 + "words")) == 1
    assert len(check("word " * 43 + "words!")) == 2
    assert check("") == []


def test_chunker_keeps_sentences_whole_if_they_fit() -> None:
    text = "यह एक छोटा वाक्य है। It is a short sentence. ఇది ఒక చిన్న వాక్యం. " * 20
    assert [one for piece in check(text) for one in sentences(piece)] == sentences(text)


def test_chunker_cuts_a_long_sentence_at_its_clauses() -> None:
    clause = "and so the long river goes on through the plain to the sea"
    pieces = check(", ".join([clause] * 12))
    assert all(piece.endswith(", ") for piece in pieces[:-1])


def test_chunker_keeps_white_space_beyond_the_threshold_with_its_words() -> None:
    assert check("e\u0301" + " " * 300) == ["e\u0301" + " " * 300]
    assert [len(piece) for piece in check(" " * 300 + "word " * 50)] == [470, 80]


def test_chunker_cuts_a_run_without_spaces_between_clusters() -> None:
    pieces = check("క్ష్మి" * 200)
    assert all(len(piece) % len("క్ష్మి") == 0 for piece in pieces)


ODD = ["0", "a.", "\u200d", "🇮", "e\u0301", " ", ". ", "[a", "www.", '." ', "क|", "\u05d0\u202e", " ,", "क्", "[a] "]


@pytest.mark.parametrize("unit", ODD)
def test_chunker_takes_2_s_at_most_for_50_000_odd_characters(unit: str) -> None:
    text = (unit * 50_000)[:50_000]
    assert stated_cpu_s(lambda: check(text), times=1) < 2


def test_chunker_cuts_a_cluster_longer_than_the_threshold() -> None:
    assert [len(piece) for piece in check("\u200d" * 500)] == [220, 220, 60]


def test_chunker_refuses_a_target_above_the_threshold() -> None:
    with pytest.raises(ValueError, match="target"):
        chunk("text", threshold=100, target=101)


@pytest.mark.parametrize("unit", ["word ", "a. ", "a, ", "a\u0301"])
def test_chunker_holds_only_the_state_of_the_next_chunk(unit: str) -> None:
    text = text_of(unit, 100_000)
    assert sum(1 for _ in find_chunks(text)) > 250
    code = f"""
from processing.chunks import find_chunks
from tests.hostile import text_of
text = text_of({unit!r}, 100_000)
work = lambda: [None for _ in find_chunks(text)]
"""
    assert traced_memory(code)[1] < 200_000
