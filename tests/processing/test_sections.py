from hypothesis import given
from hypothesis import strategies as st

from processing.normalise import normalise
from processing.normalise.sections import sections

CLAUSE = (
    "the train leaves at 9 from platform 2 with Mr. Rao, who pays ₹1,500 for the fare of the whole large family and "
)
ANY = st.text(st.sampled_from("ab 12.,-ABकి\u200d\ue000\n") | st.characters(exclude_categories=["Cs"]), max_size=80)


@given(ANY, st.integers(1, 400))
def test_sections_tile_a_sentence_and_are_bounded(part, times):
    text = (part * times)[:9_000]
    made = list(sections(text))
    assert all(len(section) <= 2_001 for section in made)
    assert [character for character in "".join(made) if character != " "] == [c for c in text if c != " "]
    if len(text) <= 2_000:
        assert made == [text]


def test_long_sentence_is_said_as_its_clauses_are():
    times = 50_000 // len(CLAUSE)
    assert normalise(CLAUSE * times) == " ".join([normalise(CLAUSE)] * times)


def test_sections_end_between_words_in_capitals_and_in_devanagari():
    shout = "PLEASE READ THE TERMS OF USE AND CALL US NOW OR VISIT OUR SHOP "
    hindi = "यह बहुत लंबा वाक्य है जो कहीं रुकता नहीं और 5 किताबें लेकर आगे बढ़ता जाता है "
    for unit in (shout, hindi):
        assert normalise(unit * 200).split() == normalise(unit * 20).split() * 10


def test_figures_without_a_space_are_all_said():
    assert normalise("0" * 5_001) == " ".join(["zero"] * 5_001)
    assert normalise("1," * 3_000).count("one") == 3_000
