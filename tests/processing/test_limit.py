import tracemalloc

import pytest

from processing.lexicon import read_lexicon
from processing.normalise import normalise
from processing.normalise.limit import spoken_limit
from shared.errors import TextTooLong


@pytest.mark.parametrize(
    "text",
    [
        "9876543210 " * 4_500,
        "९८७६५४३२१० " * 4_500,
        "ఫోన్ 9876543210 " * 3_000,
        "9°F " * 12_000,
        "5'9\" " * 10_000,
        "₹1.50, " * 7_000,
        "½ kg " * 10_000,
        "x ≥ 5 " * 50,
    ],
)
def test_spoken_form_of_figures_and_units_is_under_the_limit(text):
    assert len(normalise(text)) <= spoken_limit(len(text))


@pytest.mark.parametrize(("unit", "spoken"), [("⁴", 900_000), ("≥5 ", 516_000), ("≥ ", 650_000)])
def test_spoken_form_above_the_limit_is_refused_with_its_length(unit, spoken):
    text = (unit * 50_000)[:50_000]
    with pytest.raises(
        TextTooLong, match=r"50000 characters become about \d+ when they are spoken; the limit is 402000"
    ) as caught:
        normalise(text)
    assert caught.value.details["limit"] == 402_000
    assert caught.value.details["spoken"] == pytest.approx(spoken, rel=0.1)


def test_sign_repeated_for_decoration_is_said_once():
    assert normalise("√" * 50_000).count("square root of") < 50
    assert normalise("√√16 and ≥≥≥≥≥ 5") == "square root of square root of sixteen and greater than or equal to five"


def test_lexicon_above_the_limit_is_refused_before_the_spoken_form_is_built():
    lexicon = read_lexicon({"a": "ఆ" * 256})
    text = "a " * 25_000
    tracemalloc.start()
    try:
        with pytest.raises(TextTooLong, match="about 6400000 "):
            normalise(text, lexicon=lexicon)
        assert tracemalloc.get_traced_memory()[1] < 6_400_000  # the whole would take 12,800,000 bytes
    finally:
        tracemalloc.stop()


def test_short_text_may_use_long_lexicon_entries():
    lexicon = read_lexicon({"a": "x" * 256})
    assert len(normalise("a a a a a a a", lexicon=lexicon)) == 7 * 257 - 1
    with pytest.raises(TextTooLong):
        normalise("a a a a a a a a a", lexicon=lexicon)
