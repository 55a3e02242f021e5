"""Growth of the cost of text: linear in the length for every text.

All costs are CPU times of this thread, compared with each other or with those of prose in the same run, so that the
load of the machine does not matter. A slow measurement is repeated before it counts.
"""

import importlib
import itertools
import pkgutil
import re
import unicodedata
from collections.abc import Callable, Iterator

import pytest

import processing.normalise
from processing.chunks import chunk
from processing.emotion import resolve_tags
from processing.latex import read_formula
from processing.lexicon import Lexicon, read_lexicon
from processing.normalise import normalise
from processing.normalise.books import AFTER_FIGURES, BEFORE_FIGURES, FIGURES
from processing.normalise.cleanup import plain_characters, plain_digits, tidy
from processing.normalise.language import LanguageChooser
from processing.normalise.languages import VERBALIZERS
from processing.pauses import pause_after
from processing.rich_text import RichTextReader, read_rich_text, without_emphasis
from processing.sentences import spans
from shared.errors import TextTooLong
from tests.hostile import UNITS, cpu_s
from tests.processing.units import Hostile, of_pattern, of_tokens, tokens

SMALL, LARGE = 500, 4_000
MOST_GROWTH = 14  # of the cost from SMALL to LARGE: 8 where it is linear, 64 where it is quadratic
MOST_OF_PROSE = 16  # a character's cost in prose's; the worst units that a search by mutation found cost 10
LEAST_S = 0.002  # below this a clock says nothing about growth
TIMES = 3  # measurements that all fail before a test does
PROSE = "The train leaves at 9 from platform 2, and Mr. Rao pays the fare of the whole family with a smile. "


def patterns_in(value: object) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield the patterns that a module's constant is or holds, each with its place."""
    if isinstance(value, re.Pattern):
        yield "", value
    elif isinstance(value, (list, tuple, dict)):
        for place, part in enumerate(value.values() if isinstance(value, dict) else value):
            yield from ((f"[{place}]{inner}", pattern) for inner, pattern in patterns_in(part))


def forms_in(value: object) -> Iterator[str]:
    """Yield the written forms in a module's constant; patterns hold them without their first letters."""
    if isinstance(value, (list, tuple, dict, frozenset)):
        yield from filter(lambda form: isinstance(form, str), value)


BOOKS = (BEFORE_FIGURES, FIGURES, AFTER_FIGURES)
RULES = [rule for book in BOOKS for rule in book.rules]
MODULES = [
    *[
        f"processing.{name}"
        for name in ("sentences", "stops", "chunks", "emotion", "lexicon", "arriving", "rich_text", "latex")
    ],
    *[f"processing.normalise.{module.name}" for module in pkgutil.iter_modules(processing.normalise.__path__)],
]
PATTERNS = {
    f"{name}.{constant}{number}": pattern
    for name in MODULES
    for constant, value in vars(importlib.import_module(name)).items()
    for number, pattern in patterns_in(value)
}
PATTERNS |= {
    f"rule {number}": rule.pattern for number, rule in enumerate(RULES) if rule.pattern not in PATTERNS.values()
}
SOURCES = sorted({*(rule.pattern.pattern for rule in RULES), *(pattern.pattern for pattern in PATTERNS.values())})
CONSTANTS = [value for name in MODULES for value in vars(importlib.import_module(name)).values()]
TOKENS = tokens([*SOURCES, *sorted({form for value in CONSTANTS for form in forms_in(value)})])
SIGNS = sorted({token for token in TOKENS if len(token) == 1 and not token.isalnum()})

KNOWN = [
    *map(Hostile, UNITS.values()),
    *map(
        Hostile, ("/ ", "~", "~ ", "^ ", "> ", "* ", "√", "√ ", "⁴", "2⁴", " \n", "a.m. ", "0", "1,", "1-", "½", "7z")
    ),
    *map(
        Hostile, ("\u0301\u0315", "\u0315\u0301a", "www.", "https://", '." ', "[Aaa", "\U0001f468\u200d", "\U0001f1ee")
    ),
    *map(Hostile, ("क\u200d", "क्", "…", "…పnet⁰⁹. 1", "१", "ﬃ", "Ｂ", "1½kg ", "A. ")),
    Hostile("7" + "z" * 75 + " "),
    Hostile("#" + "A" * 24 + "BBB "),
    Hostile("www." + "A" * 24 + "BBB "),
    Hostile("@" + "A" * 24 + "BBB "),
    Hostile("abc 100000 ", after="x"),
    Hostile("1 a.m. "),
    Hostile(" ", before="a", after="!"),
    Hostile("\u00a0", before="a", after="!"),
    Hostile("[a]", before="[a]\n", after="x"),
]
"""Texts that were slow once, and similar ones."""
LEXICON = read_lexicon({f"a{' a' * (length - 1)}x": "x" for length in range(1, 32)} | {"b": "bee"})
"""31 keys that begin with the same word."""


def line(text: str, lexicon: Lexicon | None = None) -> None:
    """Run the steps of `write_script` on `text`, with normalising and without."""
    try:
        spoken = normalise(resolve_tags(text), lexicon=lexicon)
    except TextTooLong:
        spoken = text
    for piece in itertools.chain(chunk(spoken), chunk(text)):
        pause_after(piece.text)


def prose_s() -> float:
    """Return the CPU seconds of `line` for a character of prose."""
    text = PROSE * (LARGE // len(PROSE))
    return cpu_s(lambda: line(text)) / len(text)


def check(work: Callable[[str], object], hostile: Hostile, most_s: float) -> None:
    """Fail where `work` costs more than `most_s` a character, or LARGE costs more than MOST_GROWTH times SMALL.

    A text above 2,000 characters is cut, and the cut may trigger rules that the small text does not. Such growth counts
    only if it continues. Other work on the machine slows some measurements, an inefficient algorithm slows all: what
    fails is measured again.
    """

    def is_slow(text: str) -> bool:
        return cpu_s(lambda: work(text)) > MOST_OF_PROSE * prose_s() * len(text)

    def grows(text: str, longer: str) -> bool:
        return cpu_s(lambda: work(longer)) > MOST_GROWTH * cpu_s(lambda: work(text))

    small, large = hostile.text(SMALL), hostile.text(LARGE)
    first = cpu_s(lambda: work(small), times=1)
    last = cpu_s(lambda: work(large), times=1)
    for took, text in ((first, small), (last, large)):
        slow = took > most_s * len(text) and all(is_slow(text) for _ in range(TIMES))
        assert not slow, f"slow: {took * 1e3:.1f} ms for {hostile}"
    if last > max(LEAST_S, MOST_GROWTH * first) and all(grows(small, large) for _ in range(TIMES)):
        huge = hostile.text(LARGE * LARGE // SMALL)
        assert not all(grows(large, huge) for _ in range(TIMES)), f"{first * 1e3:.2f} ms grew for {hostile}"


@pytest.fixture(scope="module")
def most_s() -> float:
    return MOST_OF_PROSE * prose_s()


def check_rule(place: int, count: int, most_s: float) -> None:
    rule = RULES[place]
    for hostile in of_pattern(rule.pattern.pattern, rule.pattern.flags, count, seed=place):
        for verbalizer in VERBALIZERS:
            check(lambda text, verbalizer=verbalizer: rule.apply(text, verbalizer), hostile, most_s)


@pytest.mark.parametrize("place", range(len(RULES)))
def test_rule_takes_linear_time(place: int, most_s: float) -> None:
    check_rule(place, 8, most_s)


@pytest.mark.slow
@pytest.mark.parametrize("place", range(len(RULES)))
def test_rule_takes_linear_time_for_many_units(place: int, most_s: float) -> None:
    check_rule(place, 120, most_s)


@pytest.mark.parametrize("name", PATTERNS)
def test_pattern_has_no_exponential_search(name: str) -> None:
    """Search 40 characters at most: an exponential search is slow for them, and endless for more."""
    pattern = PATTERNS[name]
    for hostile in of_pattern(pattern.pattern, pattern.flags, 40, seed=1):
        for length in range(16, 41, 3):
            text = hostile.text(length)
            for decide in (pattern.match, pattern.fullmatch):
                assert cpu_s(lambda: decide(text), times=1) < 0.002 or cpu_s(lambda: decide(text)) < 0.002, text  # noqa: B023


@pytest.mark.parametrize("hostile", KNOWN, ids=lambda hostile: ascii(hostile.unit[:12]))
def test_line_takes_linear_time_for_known_hard_texts(hostile: Hostile, most_s: float) -> None:
    check(line, hostile, most_s)


SIGNED = [Hostile(sign + space) for sign, space in itertools.product(SIGNS, ("", " ", "\n"))]


def read_pieces(text: str) -> None:
    reader = RichTextReader()
    for start in range(0, len(text), 100):
        reader.feed(text[start : start + 100])
    reader.finish()


STEPS: dict[str, Callable[[str], object]] = {
    "tags": resolve_tags,
    "rich text": read_rich_text,
    "rich text in pieces": read_pieces,
    "emphasis": without_emphasis,
    "formula": read_formula,
    "clean-up": plain_characters,
    "lexicon": LEXICON.find,
    "sentences": spans,
    "language": lambda text: LanguageChooser(text).reader_of(text),
    "digits": plain_digits,
    "tidy": tidy,
    "chunks": chunk,
    "pauses": pause_after,
}


@pytest.mark.parametrize("step", STEPS)
def test_step_alone_takes_linear_time(step: str, most_s: float) -> None:
    """Test the step alone, because `line` cuts the text for some steps, which would hide their growth."""
    for hostile in itertools.chain(KNOWN, SIGNED):
        check(STEPS[step], hostile, most_s)


@pytest.mark.slow
def test_line_takes_linear_time_for_signs(most_s: float) -> None:
    for hostile in SIGNED:
        check(line, hostile, most_s)


def check_generated(count: int, seed: int, most_s: float) -> None:
    units = of_tokens(TOKENS, count // 2, seed)
    sources = itertools.cycle(rule.pattern for rule in RULES)
    of_rules = (next(of_pattern(next(sources).pattern, 0, 1, seed + number)) for number in range(count - count // 2))
    for hostile in itertools.chain(units, of_rules):
        check(line, hostile, most_s)


def test_line_takes_linear_time_for_generated_texts(most_s: float) -> None:
    check_generated(150, 1, most_s)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_line_takes_linear_time_for_10_000_generated_texts(part: int, most_s: float) -> None:
    check_generated(1_000, 100 + part * 10_000, most_s)


@pytest.mark.parametrize("unit", ["a ", "a b ", "b", "ax ", "a a ax "])
def test_lexicon_takes_linear_time_with_many_similar_keys(unit: str, most_s: float) -> None:
    check(lambda text: line(text, LEXICON), Hostile(unit), most_s)
    check(LEXICON.find, Hostile(unit), most_s)


def test_clean_up_composes_few_marks_in_canonical_order() -> None:
    word = "a" + "\u0301\u0327" * 3
    text = f"{word} " * 400
    assert plain_characters(text) == unicodedata.normalize("NFC", text.strip())
