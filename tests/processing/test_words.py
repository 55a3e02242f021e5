"""Words of a spoken text."""

import pytest

from processing.script import ScriptRules, write_script
from processing.words import find_words
from shared.types import Sampling, Utterance, Voice
from tests.hostile import stated_cpu_s

VOICE = Voice(id="asha", name="Asha", speaker="asha")
RULES = ScriptRules(threshold=220, target=170, emotions=("excited", "laughs harder"))


def words_of(text: str, emotions: tuple[str, ...] = ()) -> list[str]:
    return [text[word.start : word.end] for word in find_words(text, emotions)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("… — !", []),
        ("Hello, world!", ["Hello", "world"]),
        ("“Don't,” she said (twice).", ["Don't", "she", "said", "twice"]),
        ("yes—no", ["yes", "no"]),
        ("well-known", ["well-known"]),
        ("वह आया।फिर गया॥", ["वह", "आया", "फिर", "गया"]),
        ("నమస్తే, ఎలా ఉన్నారు?", ["నమస్తే", "ఎలా", "ఉన్నారు"]),
        ("₹1,299.50!", ["₹1,299.50"]),
        ("__init__ *bold*", ["init", "bold"]),
    ],
)
def test_find_words_leaves_out_punctuation(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_find_words_leaves_out_the_tags_of_the_checkpoint() -> None:
    text = "[excited] Oh! [laughs harder][not a tag] yes"
    assert words_of(text, ("excited", "laughs harder")) == ["Oh", "not", "a", "tag", "yes"]


def test_find_words_is_linear_in_a_text_of_signs() -> None:
    text = "a" + "!" * 50_000 + " [" * 50_000
    assert stated_cpu_s(lambda: find_words(text, ("excited",)), times=1) < 1


@pytest.mark.parametrize("asked", [True, False])
def test_script_has_the_words_of_each_chunk_if_asked(asked: bool) -> None:
    utterance = Utterance("Hello [excited] world. " * 20, VOICE, Sampling(), 16_000, word_times=asked)
    script = write_script(utterance, RULES)
    assert len(script.chunks) > 1
    told = [chunk.text[word.start : word.end] for chunk in script.chunks for word in chunk.words]
    assert told == ["Hello", "world"] * 20 * asked


def test_script_moves_the_words_of_text_that_arrives_later() -> None:
    first, later = (
        write_script(Utterance(text, VOICE, Sampling(), 16_000, word_times=True), RULES) for text in ("One.", "Two.")
    )
    (added,) = first.add(later)
    assert [added.text[word.start : word.end] for word in added.words] == ["Two"]
