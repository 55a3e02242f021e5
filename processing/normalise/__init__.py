"""What is written becomes what is said: numbers, dates, money, addresses and short forms in words.

English, Hindi (in Devanagari or typed in Latin letters), Telugu, and sentences that mix them. Each sentence is read in one
language; ordered rules, each for one written form, turn what they know into words of that language. Pure.

Guarantees, for every text and lexicon, which `tests/processing/test_growth.py` holds:

* Time is linear in the text. Whoever adds a pattern keeps to one way of matching: a repetition is bounded, or what follows it
  begins with other characters, and it cannot begin inside its own run (`(?<! ) +x`, not ` +x`).
* No search of a pattern keeps the interpreter's lock for long: long sentences are read in pieces (`pieces.py`).
* The spoken form is bounded (`limit.py`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from processing.emotion import TAG
from processing.lexicon import Lexicon
from processing.normalise import addresses, calendar, codes, letters, measures, money, numbers, signs
from processing.normalise.cleanup import plain_characters, plain_digits, tidy
from processing.normalise.language import verbalizer_of
from processing.normalise.languages import VERBALIZERS
from processing.normalise.languages.english import ENGLISH
from processing.normalise.limit import SpokenLength
from processing.normalise.pieces import pieces
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import LONG, RuleBook
from processing.sentences import find_spans
from shared.steps import Steps, finish

__all__ = ["Normalised", "normalise", "normalise_fully", "normalise_steps"]

_BEFORE_FIGURES = RuleBook(addresses.RULES + calendar.DAYS + letters.SHORT_FORMS)
_FIGURES = RuleBook(
    codes.NAMED
    + calendar.RULES
    + signs.BEFORE_NUMBERS
    + money.RULES
    + signs.BETWEEN_NUMBERS
    + measures.RULES
    + numbers.SCALES
    + codes.MODELS
    + numbers.RULES
)
_AFTER_FIGURES = RuleBook(letters.CAPITALS + signs.BETWEEN_WORDS)
_FIGURE = re.compile("[0-9½⅓⅔¼¾⅕⅛⅜²³]+")
_KEPT = "\ue000"
"""Stands for what is spoken as it is: an emotion tag, a lexicon's word. The clean-up took this character from the text."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """The text as it will be spoken, and the language that most of it is read in."""

    spoken: str
    language: str


def normalise(text: str, *, lexicon: Lexicon | None = None) -> str:
    """`text` as it will be spoken; see `normalise_fully`."""
    return normalise_fully(text, lexicon=lexicon).spoken


def normalise_fully(text: str, *, lexicon: Lexicon | None = None) -> Normalised:
    """`text` as it will be spoken, and in which language.

    What shows no language, such as figures alone, is in that of the sentence before it, or English. Emotion tags in
    square brackets stay as they are.

    Raises TextTooLong where the spoken form would have more than `limit.spoken_limit` characters, before it is built.
    """
    return finish(normalise_steps(text, lexicon=lexicon))


def normalise_steps(text: str, *, lexicon: Lexicon | None = None) -> Steps[Normalised]:
    """`normalise_fully` sentence by sentence, and a long one piece by piece."""
    lifted, kept = _lift(plain_characters(text), lexicon or Lexicon())
    spoken: list[str] = []
    length = SpokenLength(written=len(text), plain=len(lifted), kept=sum(map(len, kept)))
    verbalizer: Verbalizer = ENGLISH
    lengths = {verbalizer.code: 0 for verbalizer in VERBALIZERS}
    for start, end in find_spans(lifted):
        sentence = lifted[start:end]
        verbalizer = verbalizer_of(sentence, verbalizer)
        lengths[verbalizer.code] += end - start
        parts: list[str] = []
        for piece in pieces(sentence):
            parts.append(_speak(piece, verbalizer))
            length.add(read=len(piece), spoken=len(parts[-1]))
            yield
        spoken.append(parts[0] if len(parts) == 1 else "".join(parts).replace("  ", " "))
    most = max(lengths, key=lengths.__getitem__) if spoken else verbalizer.code
    return Normalised(_put_back("".join(spoken), kept).strip(), most)


def _speak(piece: str, verbalizer: Verbalizer) -> str:
    text = plain_digits(piece)
    text = _speak_figures(_apply(_BEFORE_FIGURES, text, verbalizer), verbalizer)
    return tidy(_apply(_AFTER_FIGURES, text, verbalizer))


def _apply(book: RuleBook, text: str, verbalizer: Verbalizer) -> str:
    left = book.called(set(text))
    while left:
        rule = left & -left
        text = book.rules[rule.bit_length() - 1].apply(text, verbalizer)
        left ^= rule
    return text


def _speak_figures(text: str, verbalizer: Verbalizer) -> str:
    left = _called_by_figures(text)
    while left:
        rule = left & -left
        spoken = _FIGURES.rules[rule.bit_length() - 1].apply(text, verbalizer)
        left ^= rule
        if spoken is not text:
            text = spoken
            left = _called_by_figures(text) & -(rule << 1)  # those that come after it
    return text


def _called_by_figures(text: str) -> int:
    """The rules for figures that `text` calls for; none where it holds no figure.

    What counts are the characters of the figures and the two on either side of each; LONG where one has three digits.
    """
    beside: set[str] = set()
    for figure in _FIGURE.finditer(text):
        start, end = figure.span()
        beside.update(text[max(0, start - 2) : end + 2])
        if end - start > 2:
            beside.add(LONG)
    return _FIGURES.called(beside) if beside else 0


def _lift(text: str, lexicon: Lexicon) -> tuple[str, list[str]]:
    """`text` with a mark in place of each tag and each word of the lexicon, and what the marks stand for, in order."""
    found = [(tag.start(), tag.end(), tag[0]) for tag in TAG.finditer(text)]
    tags = {place for start, end, _ in found for place in range(start, end)}
    found += [entry for entry in lexicon.find(text) if entry[0] not in tags]
    parts: list[str] = []
    done = 0
    for start, end, _ in sorted(found):
        parts += [text[done:start], _KEPT]
        done = end
    return "".join([*parts, text[done:]]), [spoken for _, _, spoken in sorted(found)]


def _put_back(text: str, kept: Sequence[str]) -> str:
    pieces = text.split(_KEPT)
    return "".join([piece for pair in zip(pieces, [*kept, ""], strict=True) for piece in pair])
