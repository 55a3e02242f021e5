import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processing.lexicon import read_lexicon
from processing.normalise import normalise, normalise_fully
from tests.hostile import stated_cpu_s

DATA = Path(__file__).parents[1] / "data"


def cases(name):
    lines = [line for line in (DATA / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [tuple(line.split("\t")) for line in lines]


@pytest.mark.parametrize(("language", "written", "spoken"), cases("normalise.tsv"))
def test_normaliser_says_golden_cases(language, written, spoken):
    made = normalise_fully(written)
    assert made.spoken == unicodedata.normalize("NFC", spoken)
    assert made.language.startswith(language)


def test_normaliser_says_further_golden_cases():
    wrong = [
        (written, normalise(written), spoken)
        for written, spoken in cases("normalise_more.tsv")
        if normalise(written) != spoken
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Kal 5 baje milte hain", "Kal paanch baje milte hain"),
        ("Look 🙂 here", "Look here"),
        ("[excited] I won 3 prizes!", "[excited] I won three prizes!"),
        ("The year 1947 and the 1990s", "The year nineteen forty seven and the nineteen nineties"),
        ("पौने 3 बजे", "पौने तीन बजे"),
        ("", ""),
        ("   \n", ""),
    ],
)
def test_normaliser_says_other_cases(written, spoken):
    assert normalise(written) == spoken


def test_normaliser_says_lexicon_entries():
    lexicon = read_lexicon({"sql": "sequel", "3M": "three em"})
    assert normalise("SQL at 3M, 3 times", lexicon=lexicon) == "sequel at three em, three times"


ODD = {
    "zeros": "0" * 50_000,
    "digits and commas": "1," * 25_000,
    "nested tags": "[" * 20_000 + "x" + "]" * 20_000,
    "joiners": "क\u200d" * 20_000,
    "right to left": "שלום 123 مرحبا ٤٥٦ " * 2_000,
    "points": "." * 30_000,
    "dates": "12/08/2024-" * 4_000,
    "currency": "₹$€" * 10_000,
    "emoji": "👨‍👩‍👧‍👦" * 3_000,
    "prose": "Dr. Rao paid Rs. 1,23,456.50 on 12/08/2024 at 10:30 AM. " * 700,
}


@pytest.mark.parametrize("name", ODD)
def test_normaliser_takes_50_ms_at_most_per_1000_characters(name):
    assert stated_cpu_s(lambda: normalise(ODD[name]), times=1) / len(ODD[name]) * 1000 < 0.05


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=300) | st.text("0123456789.,:/-₹% []<>कఆa\u200d\u0301", max_size=300))
def test_normaliser_accepts_any_text(text):
    assert isinstance(normalise(text), str)
