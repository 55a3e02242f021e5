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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from processing.lexicon import Lexicon
from processing.normalise.books import AFTER_FIGURES, BEFORE_FIGURES, FIGURES
from processing.normalise.cleanup import plain_digits, tidy
from processing.normalise.kept import PLACEHOLDER, Kept, fill, keep_steps
from processing.normalise.language import LanguageChooser
from processing.normalise.limit import SpokenLength
from processing.normalise.other_scripts import OtherScript
from processing.normalise.sections import sections
from processing.normalise.trace import Trace
from processing.normalise.transliteration import Letters, letters_of
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import LONG, RuleBook
from processing.sentences import find_spans
from shared.passages import Insert, Mark
from shared.source_map import replace_spans
from shared.steps import Steps, finish
from shared.types import AUTO, AUTOMATIC, Reading

__all__ = ["Normalised", "normalise", "normalise_fully", "normalise_steps"]

_FIGURE = re.compile("[0-9½⅓⅔¼¾⅕⅛⅜²³]+")


@dataclass(frozen=True, slots=True)
class Normalised:
    """Text as it will be spoken, the code of the language in which most of it is read, and the places of its marks.

    `unread`: name of a script whose figures stay as they are, because the names of its digits are not known; or "".
    """

    spoken: str
    language: str
    unread: str = ""
    marks: tuple[int, ...] = ()


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
    text: str,
    *,
    lexicon: Lexicon | None = None,
    reading: Reading = AUTOMATIC,
    spoken: Sequence[str] = (),
    inserts: Sequence[Insert] = (),
    marks: Sequence[Mark] = (),
    trace: Trace | None = None,
    scripts: tuple[str, ...] = (),
) -> Steps[Normalised]:
    """Do the work of `normalise_fully` in steps of a sentence, or of a section of a long one.

    `inserts` have their own spoken form; the places of `marks` are found in the spoken text. `trace` records which
    rule made what of the text. Words in other scripts than `scripts`, ISO 15924 codes, are transliterated; empty: none
    is.
    """
    plain, kept = yield from keep_steps(text, lexicon or Lexicon(), inserts, marks, trace.sources if trace else None)
    if trace:
        trace.begin(plain, kept)
    said: list[str] = []
    words: list[str] = []
    length = SpokenLength(
        written=len(text), plain=len(plain), kept=sum(len(one.spoken) for one in kept if isinstance(one.spoken, str))
    )
    languages = LanguageChooser(plain, declared=reading.language, spoken=spoken)
    options = replace(reading, language=AUTO)
    styled: dict[Verbalizer, Verbalizer] = {}
    lengths: dict[str, int] = {}
    unread = ""
    for start, end in find_spans(plain):
        sentence = plain[start:end]
        reader = languages.reader_of(sentence)
        lengths[reader.code] = lengths.get(reader.code, 0) + end - start
        if isinstance(reader, Verbalizer) and options != AUTOMATIC:
            reader = styled.setdefault(reader, reader.with_reading(options))
        of_sentence = kept[len(words) : len(words) + sentence.count(PLACEHOLDER)]
        if isinstance(reader, OtherScript) and not reader.words and _has_figure(sentence, of_sentence):
            unread = reader.name
        for part in of_sentence:
            words.append(_words(part, reader, length))
        parts: list[str] = []
        for section in sections(sentence):
            parts.append(_verbalize(section, reader, trace, letters_of(scripts)))
            length.add(read=len(section), spoken=len(parts[-1]))
            yield
        said.append(parts[0] if len(parts) == 1 else "".join(parts).replace("  ", " "))
        if trace:
            trace.end_sentence(parts)
    most = max(lengths, key=lengths.__getitem__) if said else languages.reader_of("").code
    filled = "".join(said)
    whole, places = fill(filled, words, kept)
    if trace:
        trace.finish(filled, words)
    return Normalised(whole, most, unread, places)


def _has_figure(sentence: str, kept: Sequence[Kept]) -> bool:
    """Return whether a figure of the sentence, or of its spans of markup, would have to be read."""
    spans = (part.written for part in kept if not isinstance(part.spoken, str))
    return any(_FIGURE.search(text) for text in (sentence, *spans))


def _words(part: Kept, reader: Verbalizer | OtherScript, length: SpokenLength) -> str:
    """Return the words of a kept part, as the reader of its sentence says them."""
    words = part.words(reader, lambda text: _verbalize(text, reader))
    if not isinstance(part.spoken, str):
        length.add(read=0, spoken=len(words))
    return words


def _verbalize(
    section: str, reader: Verbalizer | OtherScript, trace: Trace | None = None, letters: Letters | None = None
) -> str:
    sources = trace.begin_section(section) if trace else None
    if isinstance(reader, OtherScript):
        return tidy(replace_spans(section, reader.edits(section), sources, "other_scripts.figure"), sources)
    text = plain_digits(section)
    if trace:
        trace.digits(section, text)
    text = _verbalize_figures(_apply(BEFORE_FIGURES, text, reader, trace), reader, trace)
    spoken = tidy(_apply(AFTER_FIGURES, text, reader, trace), sources)
    if letters:
        typed = reader.code if reader.code.endswith("-Latn") else ""
        spoken = letters.write(spoken, block=reader.block, typed=typed, sources=sources)
    return spoken


def _apply(book: RuleBook, text: str, verbalizer: Verbalizer, trace: Trace | None) -> str:
    return _apply_triggered(book, book.triggered(set(text)), text, verbalizer, trace)


def _verbalize_figures(text: str, verbalizer: Verbalizer, trace: Trace | None) -> str:
    return _apply_triggered(FIGURES, _triggered_by_figures(text), text, verbalizer, trace, renew=_triggered_by_figures)


def _apply_triggered(
    book: RuleBook,
    left: int,
    text: str,
    verbalizer: Verbalizer,
    trace: Trace | None,
    *,
    renew: Callable[[str], int] | None = None,
) -> str:
    """Apply the rules `left`, one bit for each, in their order; `renew` finds those of a changed text."""
    while left:
        bit = left & -left
        place = bit.bit_length() - 1
        left ^= bit
        needs, search = book.tests[place]
        if needs not in text or not search(text):
            continue
        rule = book.rules[place]
        spoken = rule.apply(text, verbalizer)
        if spoken is not text:
            if trace:
                trace.apply(rule, text, verbalizer)
            text = spoken
            if renew:
                left = renew(text) & -(bit << 1)  # the rules behind this one
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
    return FIGURES.triggered(beside) if beside else 0
