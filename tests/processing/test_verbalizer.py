"""Completeness of every language: each has words for everything that English has words for."""

import re

import pytest

from processing.normalise.languages import LATIN_FORMS, VERBALIZERS
from processing.normalise.languages.english import ENGLISH
from processing.normalise.units import RATES, UNITS
from processing.normalise.verbalizer import Amount, ClockTime, Verbalizer

ALL = [*VERBALIZERS, *(form for form in LATIN_FORMS.values() if form not in VERBALIZERS)]
each_language = pytest.mark.parametrize("verbalizer", ALL, ids=lambda verbalizer: verbalizer.code)


def test_verbalizers_differ_in_code_and_by_script_or_words() -> None:
    assert len({verbalizer.code for verbalizer in VERBALIZERS}) == len(VERBALIZERS)
    indic = [verbalizer for verbalizer in VERBALIZERS if verbalizer.block is not None]
    blocks = [verbalizer.block for verbalizer in indic]
    assert [v.code for v in indic if blocks.count(v.block) > 1 and not v.written.script_words] == []


@each_language
def test_verbalizer_has_all_words(verbalizer: Verbalizer) -> None:
    assert len(verbalizer.digit_names) == 10 and len(verbalizer.months) == 12
    assert verbalizer.magnitudes.keys() == ENGLISH.magnitudes.keys()
    assert verbalizer.signs.keys() == ENGLISH.signs.keys()
    assert verbalizer.currencies.keys() == ENGLISH.currencies.keys()
    assert verbalizer.units.keys() == {*UNITS.values(), *RATES.values()}


def assert_spoken(verbalizer: Verbalizer, said: list[str]) -> None:
    """Check that no text is empty, has a digit, or, in an Indic language, a Latin letter."""
    foreign = re.compile(r"\d" if verbalizer.block is None else r"[\dA-Za-z]")
    assert [words for words in said if not words.strip() or foreign.search(words)] == []


@each_language
@pytest.mark.parametrize("number", [0, 1, 2, 10, 21, 99, 100, 101, 999, 1_000, 1_947, 12_345, 1_00_000, 10**7, 10**15])
def test_verbalizer_says_numbers_in_its_own_words(verbalizer: Verbalizer, number: int) -> None:
    said = [verbalizer.cardinal(number), verbalizer.ordinal(number), verbalizer.regnal(number), verbalizer.year(number)]
    said += [verbalizer.amount(Amount(number, "5")), verbalizer.out_of("", number), verbalizer.fraction(number, 3, 4)]
    said += [verbalizer.amount(Amount(number, magnitude=(name,))) for name in ENGLISH.magnitudes]
    said += [verbalizer.money(Amount(number, "05"), currency) for currency in ENGLISH.currencies]
    assert_spoken(verbalizer, said)


@each_language
def test_verbalizer_says_dates_times_and_measures_in_its_own_words(verbalizer: Verbalizer) -> None:
    said = [verbalizer.date(day, month, 2024) for day in (1, 31) for month in range(1, 13)]
    said += [verbalizer.clock(ClockTime(hour, minute)) for hour in (0, 1, 12, 23) for minute in (0, 15, 30, 45, 50)]
    said += [verbalizer.measure("", unit, rate) for unit in UNITS.values() for rate in ("h", None)]
    said += [verbalizer.rate("", rate) for rate in RATES.values()]
    said += [verbalizer.bound(sign, "") for sign in ("under", "above")] + list(verbalizer.signs.values())
    said += [verbalizer.clock(ClockTime(hour, 20, meridiem)) for hour in range(1, 13) for meridiem in ("am", "pm")]
    assert_spoken(verbalizer, said)
