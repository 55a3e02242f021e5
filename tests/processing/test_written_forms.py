"""Written forms of every language: each is recognised in a sentence of its language, and each table has some."""

from collections.abc import Callable, Iterator
from dataclasses import fields

import pytest

from processing.abbreviations import BEFORE_NUMBER, LETTER_NAMES, MAY_END, NEVER_LAST, TITLES
from processing.normalise import normalise
from processing.normalise.indic_short_forms import INDIC
from processing.normalise.language import LanguageChooser
from processing.normalise.languages import VERBALIZERS
from processing.normalise.languages.telugu import Telugu
from processing.normalise.verbalizer import Amount, ClockTime, Verbalizer, check_data
from processing.normalise.written import RATES, UNITS
from processing.normalise.written_forms import WrittenForms

Cases = Iterator[tuple[str, str]]
"""Texts, each with words that its spoken form contains."""


def magnitudes(of: Verbalizer) -> Cases:
    for name, forms in of.written.magnitudes.items():
        yield from [(f"₹5 {form}", of.magnitudes[name]) for form in forms.split()]


def currencies(of: Verbalizer) -> Cases:
    for code, forms in of.written.currencies.items():
        yield from [(f"{form} 5", of.money(Amount(5), code)) for form in forms.split()]


def currency_names(of: Verbalizer) -> Cases:
    for name in of.written.currency_names:
        yield f"₹5 {name} {name}", f"{of.money(Amount(5), 'INR')} {name}"


def per(of: Verbalizer) -> Cases:
    if of.written.per:
        yield f"₹5 {of.written.per} kg", of.money(Amount(5), "INR", "kg")
    assert of.written.per or type(of).rate is not Verbalizer.rate


def clock(of: Verbalizer) -> Cases:
    for form in of.written.clock:
        yield f"5:30 {form}", of.clock(ClockTime(5, 30, said=form))


def hours(of: Verbalizer) -> Cases:
    for form in of.written.hours:
        yield f"9-5 {form}", f"{of.cardinal(9)} {of.signs['to']} {of.cardinal(5)}"


def parts_of_day(of: Verbalizer) -> Cases:
    for form in of.written.parts_of_day:
        yield f"{form} 5:30 PM", of.clock(ClockTime(5, 30, "pm", part_of_day_said=True))


def scores(of: Verbalizer) -> Cases:
    for form in of.written.scores:
        yield f"{form} 3-2", f"{form} {of.cardinal(3)} {of.cardinal(2)}"


def range_ends(of: Verbalizer) -> Cases:
    for form in of.written.range_ends:
        yield f"5-7 {form}", f"{of.cardinal(5)} {of.cardinal(7)} {form}"


def ordinal_endings(of: Verbalizer) -> Cases:
    pattern, *group = of.written.ordinal_endings.partition("(")
    for ending in filter(None, pattern.split("|")):
        number = next(n for n in (5, 1, 2, 4, 6) if of.is_ordinal(n, ending, joined=True, ahead=""))
        yield f"{number}{ending}", of.ordinal(number, ending)
    assert not any(group) or group[1].startswith("?P<rest>"), "test the other group of the pattern here"


def number_endings(of: Verbalizer) -> Cases:
    for ending in of.written.number_endings:
        if ending not in UNITS:  # a unit comes first
            yield f"7{ending}", of.with_number_ending(of.cardinal(7), "7", ending)


def noun_endings(of: Verbalizer) -> Cases:
    for ending in of.written.noun_endings:
        yield f"₹7{ending}", of.with_noun_ending(of.money(Amount(7), "INR"), ending)
        yield f"7%{ending}", of.with_noun_ending(of.measure(of.cardinal(7), "%"), ending)


def numbered_nouns(of: Verbalizer) -> Cases:
    for noun in of.written.numbered_nouns:
        yield f"{noun} IV", f"{noun} {of.cardinal(4)}"


def royal_names(of: Verbalizer) -> Cases:
    for name in of.written.royal_names:
        yield f"{name} IV", f"{name} {of.regnal(4)}"


def code_names(of: Verbalizer) -> Cases:
    for name in of.written.code_names:
        yield f"{name} 1234", of.digits("1234")


def code_links(of: Verbalizer) -> Cases:
    for link in of.written.code_links:
        yield f"{of.written.code_names[0]} {link} 1234", of.digits("1234")


def abbreviations(of: Verbalizer) -> Cases:
    for short, long in of.written.abbreviations.items():
        yield f"{short}. {of.cardinal(7)}", f"{long} {of.cardinal(7)}"


def units(of: Verbalizer) -> Cases:
    for key, forms in of.written.units.items():
        yield from [(f"7 {form.replace('_', ' ')}", of.measure(of.cardinal(7), key)) for form in forms.split()]


def rates(of: Verbalizer) -> Cases:
    for key, forms in of.written.rates.items():
        yield from [(f"₹7/{form}", of.money(Amount(7), "INR", key)) for form in forms.split()]


CASES: tuple[Callable[[Verbalizer], Cases], ...] = (
    *(magnitudes, currencies, currency_names, per, clock, hours, parts_of_day, scores, range_ends, ordinal_endings),
    *(number_endings, noun_endings, numbered_nouns, royal_names, code_names, code_links),
    *(abbreviations, units, rates),
)
TELLING_FIELDS = {"latin_words", "latin_endings", "latin_counted", "script_words", "script_parts", "script_endings"}
TELLING_FIELDS |= {"script_figures", "hint_words", "hint_endings"}

LONG_FORMS = {*INDIC, *(form for known in VERBALIZERS for form in known.written.abbreviations)}

each_language = pytest.mark.parametrize("verbalizer", VERBALIZERS, ids=lambda verbalizer: verbalizer.code)
each_indic_language = pytest.mark.parametrize(
    "verbalizer", [known for known in VERBALIZERS if known.block is not None], ids=lambda verbalizer: verbalizer.code
)


def words_of(verbalizer: Verbalizer) -> str:
    """Return words that show the language of a sentence."""
    shown = verbalizer.written.latin_words or verbalizer.written.script_words
    return " ".join(sorted(shown)[:4]) or verbalizer.cardinal(7)


def test_every_field_has_cases():
    assert {field.name for field in fields(WrittenForms)} == {case.__name__ for case in CASES} | TELLING_FIELDS


@each_language
@pytest.mark.parametrize("cases", CASES, ids=lambda cases: cases.__name__)
def test_written_forms_are_recognised(verbalizer, cases):
    said = [(written, normalise(f"{words_of(verbalizer)}, {written}"), words) for written, words in cases(verbalizer)]
    assert [case for case in said if case[2] not in case[1]] == []


@each_language
def test_latin_words_show_the_language(verbalizer):
    sentences = [f"{word} abc" for word in verbalizer.written.latin_words]
    sentences += [f"abc 5 {word}" for word in verbalizer.written.latin_counted]
    assert all(LanguageChooser(sentence).reader_of(sentence) is verbalizer for sentence in sentences)


@each_indic_language
def test_script_words_show_the_language(verbalizer):
    written = verbalizer.written
    shown = [*written.script_words, *(f"क{part}" for part in written.script_parts)]
    shown += [f"कपट{ending}" for ending in written.script_endings]
    assert [word for word in shown if LanguageChooser(word).reader_of(word) is not verbalizer] == []


@each_indic_language
def test_hints_show_the_language_where_nothing_else_tells(verbalizer):
    written = verbalizer.written
    shown = [*written.hint_words, *(f"कपट{ending}" for ending in written.hint_endings)]
    known = {word for other in VERBALIZERS for word in other.written.script_words}
    assert [word for word in written.hint_words if word in known] == []
    assert [word for word in shown if LanguageChooser(word).reader_of(word) is not verbalizer] == []


@each_indic_language
@pytest.mark.parametrize(
    "forms",
    [TITLES | NEVER_LAST | BEFORE_NUMBER | MAY_END, LETTER_NAMES, LONG_FORMS, UNITS.keys(), RATES.keys()],
    ids=["abbreviations", "LETTER_NAMES", "long forms", "units", "rates"],
)
def test_table_has_forms_of_every_indic_language(verbalizer, forms):
    assert any(verbalizer.block <= ord(form[0]) < verbalizer.block + 0x80 for form in forms)


def test_missing_data_is_named():
    class Incomplete(Telugu):
        def __getattribute__(self, name: str) -> object:
            if name in ("written", "months"):
                raise AttributeError(name)
            return super().__getattribute__(name)

    with pytest.raises(TypeError, match=r"Incomplete lacks written, months$"):
        check_data(Incomplete())


@pytest.mark.parametrize("endings", ["(?:வது|ஆவது)", "வது|[ஆஅ]வது", "வது|", r"\w"])
def test_ordinal_ending_that_begins_with_syntax_is_refused(endings):
    with pytest.raises(ValueError, match=r"ordinal_endings: .* must begin with a character of the text"):
        WrittenForms(per="", ordinal_endings=endings)
