"""Places of words in random texts: they never overlap, run through the text, and cover each word that is spoken."""

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from processing.markup.arriving import MarkupSegmenter
from processing.markup.reading import Form
from processing.script import ScriptRules, write_script
from shared.passages import Passage
from shared.steps import finish
from shared.types import Sampling, Utterance, Voice
from tests.processing.markup.documents import VOICES

VOICE = Voice(id="asha", name="Asha", speaker="asha")
RULES = ScriptRules(threshold=120, target=90, emotions=("excited",))
LEXICON = {"hello": "hullo there", "ज्ञान": "ग्यान"}

WORDS = """hello World don't well-known cafe\u0301 naïve नमस्ते क्षत्रिय ज्ञान विद्यार्थी कार्\u200dय స్త్రీ రాష్ట్రం హలో
𝐇𝐢 𝒳𝓎 Ａｂ ﬁne""".split()
"""Letters: with combining marks, conjuncts and joiners, and beyond the basic plane."""
FIGURES = (
    "₹1,299 $5.50 12:30 3.5% 5 २०२४ 1/2 10kg 2nd 12/05/2024 Dr. e.g. NASA 3-4 1,00,000 5°C v2.0 AT&T 100km/h".split()
)
SILENT = [
    "😀",
    "🇮🇳",
    "👩\u200d👩\u200d👧",
    "❤️",
    "—",
    "…",
    "(",
    ")",
    "”",
    "!",
    "?",
    "।",
    "[excited]",
    "\u200b",
    "\ufeff",
    "🙏🏽",
]
IN_TEXT = ["{}"] * 6 + [
    "**{}**",
    "[{}](http://x.y/z)",
    "# {}\n",
    "- {}\n",
    "\n\n> {}\n",
    "“{}”",
    "({})",
    "{}!",
    "{},",
    "{}।",
    "{}—",
]
IN_MARKUP = ["{}"] * 6 + [
    "<emphasis>{}</emphasis>",
    "<prosody rate='fast'>{}</prosody>",
    "<p>{}</p>",
    "<sub alias='World Wide Web'>{}</sub>",
    "<say-as interpret-as='characters'>{}</say-as>",
    "<lang xml:lang='hi-IN'>{}</lang>",
    "<voice name='two'>{}</voice>",
]
SILENT_MARKUP = ["😀", "—", "।", "<break time='300ms'/>", "<break/>", "<mark name='m'/>", "<!-- no -->"]
GAPS = [" "] * 6 + ["  ", "\n", "\t"]

Place = tuple[int, int]


def written(words: list[str], forms: list[str], silent: list[str]) -> st.SearchStrategy[tuple[str, list[Place]]]:
    """Return a strategy of texts, with the place of each word that is spoken."""
    spoken = st.tuples(st.sampled_from(words), st.sampled_from(forms))
    unspoken = st.tuples(st.sampled_from(silent), st.none())
    parts = st.lists(st.tuples(st.one_of(spoken, spoken, unspoken), st.sampled_from(GAPS)), min_size=1, max_size=14)
    return parts.map(_joined)


def _joined(parts: Iterable[tuple[tuple[str, str | None], str]]) -> tuple[str, list[Place]]:
    text, places = "", []
    for (part, form), gap in parts:
        if form is not None:
            start = len(text) + form.index("{")
            places.append((start, start + len(part)))
        text += (form or "{}").format(part) + gap
    return text, places


def check(text: str, expected: Iterable[Place], utterance: Utterance) -> None:
    """Check the places of all words of an utterance against `expected`, those of the words that were written."""
    found: list[Place] = []
    for chunk in write_script(utterance, RULES).chunks:
        end = 0
        for word in chunk.words:
            assert end <= word.start < word.end <= len(chunk.text), "words of a chunk are in order"
            end = word.end
            assert word.source is not None
            start, to = word.source
            assert 0 <= start < to <= len(text)
            assert not found or word.source == found[-1] or start >= found[-1][1], "places overlap, or go back"
            found.append(word.source)
    for start, to in expected:
        over = [place for place in found if place[0] < to and place[1] > start]
        assert over, f"{text[start:to]!r} has no place"
        assert over[0][0] <= start and to <= over[-1][1], f"{text[start:to]!r} is only partly covered"


@settings(max_examples=100, deadline=None)
@given(made=written(WORDS + FIGURES, IN_TEXT, SILENT), lexicon=st.sampled_from([{}, LEXICON]))
def test_words_of_random_texts_have_their_places(made, lexicon):
    text, places = made
    check(text, places, Utterance(text, VOICE, Sampling(), 16_000, word_times=True, lexicon=lexicon))


@settings(max_examples=60, deadline=None)
@given(made=written(WORDS, ["{}", "{}!", "({})", "“{}”", "{}।"], SILENT))
def test_words_of_random_texts_that_are_spoken_as_written_have_their_places(made):
    text, places = made
    check(text, places, Utterance(text, VOICE, Sampling(), 16_000, word_times=True, normalize=False))


@settings(max_examples=60, deadline=None)
@given(
    made=written([*WORDS, "12:30", "10kg", "२०२४", "AT&amp;T", "&#x41;b"], IN_MARKUP, SILENT_MARKUP),
    form=st.sampled_from([Form.SSML, Form.TAGS]),
    size=st.sampled_from([1, 5, 17, 10_000]),
)
def test_words_of_random_markup_have_their_places_in_the_document(made, form, size):
    inner, places = made
    head, tail = ("<speak>", "</speak>") if form is Form.SSML else ("", "")
    text = head + inner + tail
    segmenter = MarkupSegmenter(form, VOICES, sourced=True)
    passages: list[Passage] = []
    for start in range(0, len(text), size):
        passages += getattr(finish(segmenter.feed_steps(text[start : start + size])), "passages", ())
    passages += getattr(segmenter.finish(), "passages", ())
    shifted = [(start + len(head), to + len(head)) for start, to in places]
    check(text, shifted, Utterance("", VOICE, Sampling(), 16_000, word_times=True, passages=tuple(passages)))
