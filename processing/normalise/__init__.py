"""What is written becomes what is said: numbers, dates, money, addresses and short forms in words.

English, Hindi (in Devanagari or typed in Latin letters), Telugu, and sentences that mix them. Each sentence is read in one
language; ordered rules, each for one written form, turn what they know into words of that language. Pure and linear.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from processing.emotion import TAG
from processing.lexicon import Lexicon
from processing.normalise import addresses, calendar, codes, letters, measures, money, numbers, signs
from processing.normalise.cleanup import plain_characters, plain_digits, tidy
from processing.normalise.english import English
from processing.normalise.hindi import Hindi
from processing.normalise.hindi_words import DEVANAGARI, TYPED
from processing.normalise.language import Language, language_of
from processing.normalise.telugu import Telugu
from processing.normalise.tongue import Tongue
from processing.normalise.written import LONG, Rule
from processing.sentences import spans

__all__ = ["Language", "Normalised", "normalise", "normalise_fully"]

_TONGUES: dict[Language, Tongue] = {
    Language.ENGLISH: English(),
    Language.HINDI: Hindi(DEVANAGARI),
    Language.TYPED_HINDI: Hindi(TYPED),
    Language.TELUGU: Telugu(),
}
_BEFORE_FIGURES = addresses.RULES + calendar.DAYS + letters.SHORT_FORMS
_FIGURES = (
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
_AFTER_FIGURES = letters.CAPITALS + signs.BETWEEN_WORDS
_FIGURE = re.compile("[0-9½⅓⅔¼¾⅕⅛⅜²³]+")
_KEPT = "\ue000"
"""Stands for what is spoken as it is: an emotion tag, a lexicon's word. The clean-up took this character from the text."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """The text as it will be spoken, and the language that most of it is read in."""

    spoken: str
    language: Language


def normalise(text: str, *, lexicon: Lexicon | None = None) -> str:
    """`text` as it will be spoken; see `normalise_fully`."""
    return normalise_fully(text, lexicon=lexicon).spoken


def normalise_fully(text: str, *, lexicon: Lexicon | None = None) -> Normalised:
    """`text` as it will be spoken, and in which language.

    What shows no language, such as figures alone, is in that of the sentence before it, or English. Emotion tags in
    square brackets stay as they are.
    """
    lifted, kept = _lift(plain_characters(text), lexicon or Lexicon())
    spoken: list[str] = []
    language = Language.ENGLISH
    lengths = dict.fromkeys(Language, 0)
    for start, end in spans(lifted):
        sentence = lifted[start:end]
        language = language_of(sentence, language)
        lengths[language] += end - start
        spoken.append(_speak(sentence, _TONGUES[language]))
    most = max(lengths, key=lengths.__getitem__) if spoken else language
    return Normalised(_put_back("".join(spoken), kept).strip(), most)


def _speak(sentence: str, tongue: Tongue) -> str:
    text = plain_digits(sentence)
    text = _speak_figures(_apply(_BEFORE_FIGURES, text, tongue), tongue)
    return tidy(_apply(_AFTER_FIGURES, text, tongue))


def _apply(rules: Sequence[Rule], text: str, tongue: Tongue) -> str:
    there = set(text)
    for rule in rules:
        if not rule.needs or not there.isdisjoint(rule.needs):
            text = rule.apply(text, tongue)
    return text


def _speak_figures(text: str, tongue: Tongue) -> str:
    beside = _beside_figures(text)
    for rule in _FIGURES:
        if not rule.needs or not beside.isdisjoint(rule.needs):
            spoken = rule.apply(text, tongue)
            if spoken is not text:
                text = spoken
                beside = _beside_figures(text)
        if not beside:
            break
    return text


def _beside_figures(text: str) -> set[str]:
    """The characters of the figures in `text` and the two on either side of each; LONG where one has three digits."""
    beside: set[str] = set()
    for figure in _FIGURE.finditer(text):
        start, end = figure.span()
        beside.update(text[max(0, start - 2) : end + 2])
        if end - start > 2:
            beside.add(LONG)
    return beside


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
