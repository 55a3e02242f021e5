"""Text normalisation: numbers, dates, money, addresses and abbreviations become words. Pure.

Each sentence is read in one language (`language.py`). Ordered rules, each for one written form, replace what they match
with words of that language's verbalizer. Sentences may mix languages.

Guarantees for every text and lexicon, tested by `tests/processing/test_growth.py`:

* Time is linear in the text. A new pattern must have only one way to match: a repetition is bounded, or the part behind it
  begins with other characters, and it cannot begin inside its own run (`(?<! ) +x`, not ` +x`).
* No search of a pattern holds the interpreter's lock for long: long sentences are read in sections (`sections.py`).
* The spoken form is bounded (`limit.py`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from processing.emotion import TAG
from processing.lexicon import Lexicon
from processing.normalise import (
    addresses,
    calendar,
    capitals,
    codes,
    identifiers,
    letters,
    measures,
    money,
    notations,
    numbers,
    prescriptions,
    signs,
)
from processing.normalise.cleanup import plain_characters, plain_digits, tidy
from processing.normalise.language import LanguageChooser
from processing.normalise.limit import SpokenLength
from processing.normalise.other_scripts import OtherScript
from processing.normalise.sections import sections
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import LONG, RuleBook
from processing.rich_text import read_rich_text_steps, without_emphasis
from processing.sentences import find_spans
from shared.steps import Steps, finish
from shared.types import AUTO, AUTOMATIC, Reading

__all__ = ["Normalised", "normalise", "normalise_fully", "normalise_steps"]

_BEFORE_FIGURES = RuleBook(
    addresses.RULES + notations.RULES + prescriptions.RULES + calendar.DAYS + letters.SHORT_FORMS
)
_FIGURES = RuleBook(
    notations.FIGURES
    + identifiers.RULES
    + codes.NAMED
    + identifiers.REST
    + calendar.RULES
    + signs.BEFORE_NUMBERS
    + money.RULES
    + signs.BETWEEN_NUMBERS
    + measures.RULES
    + numbers.SCALES
    + codes.MODELS
    + numbers.RULES
)
_AFTER_FIGURES = RuleBook(capitals.CAPITALS + signs.BETWEEN_WORDS)
_FIGURE = re.compile("[0-9½⅓⅔¼¾⅕⅛⅜²³]+")
_PLACEHOLDER = "\ue000"
"""Placeholder of text that is spoken unchanged: a tag or a lexicon entry. The clean-up removes this character from the text."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """Text as it will be spoken, and the code of the language in which most of it is read.

    `unread`: name of a script whose figures stay as they are, because the names of its digits are not known; or "".
    """

    spoken: str
    language: str
    unread: str = ""


def normalise(
    text: str, *, lexicon: Lexicon | None = None, reading: Reading = AUTOMATIC, spoken: Sequence[str] = ()
) -> str:
    """Return `text` as it will be spoken; see `normalise_fully`."""
    return normalise_fully(text, lexicon=lexicon, reading=reading, spoken=spoken).spoken


def normalise_fully(
    text: str, *, lexicon: Lexicon | None = None, reading: Reading = AUTOMATIC, spoken: Sequence[str] = ()
) -> Normalised:
    """Return `text` as it will be spoken, and its main language.

    `reading` declares the language, for a whole text or for a span of one, and how figures are read. `spoken` are the
    languages of the voice; empty if they are not known. A sentence that shows no language, such as figures alone, is
    read in that of the sentence before, or in English. Emotion tags in square brackets stay unchanged.

    Raises TextTooLong if the spoken form would exceed `limit.spoken_limit` characters, before it is built, and
    ValidationFailed for a language that the voice does not speak.
    """
    return finish(normalise_steps(text, lexicon=lexicon, reading=reading, spoken=spoken))


def normalise_steps(
    text: str, *, lexicon: Lexicon | None = None, reading: Reading = AUTOMATIC, spoken: Sequence[str] = ()
) -> Steps[Normalised]:
    """Do the work of `normalise_fully` in steps of a sentence, or of a section of a long one."""
    read = without_emphasis((yield from read_rich_text_steps(text)))
    plain, kept = _insert_placeholders(plain_characters(read), lexicon or Lexicon())
    said: list[str] = []
    length = SpokenLength(written=len(text), plain=len(plain), kept=sum(map(len, kept)))
    languages = LanguageChooser(plain, declared=reading.language, spoken=spoken)
    options = replace(reading, language=AUTO)
    styled: dict[Verbalizer, Verbalizer] = {}
    lengths: dict[str, int] = {}
    unread = ""
    for start, end in find_spans(plain):
        sentence = plain[start:end]
        reader = languages.reader_of(sentence)
        if isinstance(reader, OtherScript) and not reader.words and _FIGURE.search(sentence):
            unread = reader.name
        lengths[reader.code] = lengths.get(reader.code, 0) + end - start
        if isinstance(reader, Verbalizer) and options != AUTOMATIC:
            reader = styled.setdefault(reader, reader.with_reading(options))
        parts: list[str] = []
        for section in sections(sentence):
            parts.append(_verbalize(section, reader))
            length.add(read=len(section), spoken=len(parts[-1]))
            yield
        said.append(parts[0] if len(parts) == 1 else "".join(parts).replace("  ", " "))
    most = max(lengths, key=lengths.__getitem__) if said else languages.reader_of("").code
    return Normalised(_fill_placeholders("".join(said), kept).strip(), most, unread)


def _verbalize(section: str, reader: Verbalizer | OtherScript) -> str:
    if isinstance(reader, OtherScript):
        return tidy(reader.read(section))
    text = plain_digits(section)
    text = _verbalize_figures(_apply(_BEFORE_FIGURES, text, reader), reader)
    return tidy(_apply(_AFTER_FIGURES, text, reader))


def _apply(book: RuleBook, text: str, verbalizer: Verbalizer) -> str:
    left = book.triggered(set(text))
    while left:
        rule = left & -left
        text = book.rules[rule.bit_length() - 1].apply(text, verbalizer)
        left ^= rule
    return text


def _verbalize_figures(text: str, verbalizer: Verbalizer) -> str:
    left = _triggered_by_figures(text)
    while left:
        rule = left & -left
        spoken = _FIGURES.rules[rule.bit_length() - 1].apply(text, verbalizer)
        left ^= rule
        if spoken is not text:
            text = spoken
            left = _triggered_by_figures(text) & -(rule << 1)  # the rules behind it
    return text


def _triggered_by_figures(text: str) -> int:
    """Return the rules for figures that `text` triggers; none if it has no figure.

    The triggers are the characters of each figure, the two on either side, and LONG for a figure of three digits.
    """
    beside: set[str] = set()
    for figure in _FIGURE.finditer(text):
        start, end = figure.span()
        beside.update(text[max(0, start - 2) : end + 2])
        if end - start > 2:
            beside.add(LONG)
    return _FIGURES.triggered(beside) if beside else 0


def _insert_placeholders(text: str, lexicon: Lexicon) -> tuple[str, list[str]]:
    """Return `text` with a placeholder for each tag and lexicon entry, and the texts that the placeholders stand for."""
    found = [(tag.start(), tag.end(), tag[0]) for tag in TAG.finditer(text)]
    tags = {place for start, end, _ in found for place in range(start, end)}
    found += [entry for entry in lexicon.find(text) if entry[0] not in tags]
    parts: list[str] = []
    done = 0
    for start, end, _ in sorted(found):
        parts += [text[done:start], _PLACEHOLDER]
        done = end
    return "".join([*parts, text[done:]]), [spoken for _, _, spoken in sorted(found)]


def _fill_placeholders(text: str, kept: Sequence[str]) -> str:
    between = text.split(_PLACEHOLDER)
    return "".join([part for pair in zip(between, [*kept, ""], strict=True) for part in pair])
