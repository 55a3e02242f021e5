"""An Indic language as people type it in Latin letters: the words of its verbalizer, transliterated."""

import re
from collections.abc import Iterator
from typing import Self

from processing.normalise.verbalizer import Amount, ClockTime, Verbalizer
from processing.normalise.written_forms import WrittenForms
from shared.types import Reading

_BLOCK_SIZE = 0x80
# Offsets in an Indic block, whose letters have the same places in every script (ISCII).
_VOWELS = dict(zip(range(0x05, 0x15), "a aa i ee u oo ri l e e e ai o o o au".split(), strict=True))
_VOWEL_SIGNS = dict(zip(range(0x3E, 0x4D), "aa i ee u oo ri ri e e e ai o o o au".split(), strict=True))
_CONSONANTS = dict(
    zip(
        range(0x15, 0x3A),
        "k kh g gh ng ch chh j jh ny t th d dh n t th d dh n n p ph b bh m y r r l l l v sh sh s h".split(),
        strict=True,
    )
)
_NASALS, _VISARGA, _VIRAMA = (0x01, 0x02), 0x03, 0x4D
_LABIALS = ("p", "b", "m")
_WORD = re.compile("[\u0900-\u0d7f\u200c\u200d]+")
_LATIN = re.compile(r"\s*[A-Za-z]")
_NOT_COUNTED = tuple(
    """lo ki ku ni tho to nunchi nundi varaku unna undi ivv icch istha ista pamp vach vast vasth ayi ayy avu kavali kaavali cheppa cheppu
    chey kott katt petti pett teesuk thisuk konn ammi matrame mathrame press nokk kante and or aur se ka ke ko hai aahe ahe""".split()
)
"""Beginnings of typed words that a number before them does not count: postpositions and verbs."""
_VERB_ENDINGS = tuple(
    """tundi tundhi tayi taayi tanu taanu tadu taadu taru taaru tunna inchu inchandi indi indhi nnayi nnaru chayi kandi yandi
    vandi pandi ttandi kovali ivvu kku cheyyi""".split()
)
"""Endings of Telugu verbs, typed."""

_MONTHS = "January February March April May June July August September October November December".split()


def romanise(text: str, *, drops_schwa: bool) -> str:
    """Return `text` with its Indic words in Latin letters, as people type them: 'ఐదు' -> 'aidu', 'दोनशे' -> 'donshe'.

    `drops_schwa`: the inherent vowel is silent at the end of a word and between two syllables, as in Hindi and Marathi.
    """
    return _WORD.sub(lambda word: _romanise_word(word[0], drops_schwa=drops_schwa), text)


def _romanise_word(word: str, *, drops_schwa: bool) -> str:
    syllables = list(_syllables(word))
    if drops_schwa:
        _drop_schwas(syllables)
    letters = "".join([consonants + vowel for consonants, vowel, _ in syllables])
    if letters.endswith("n") and ord(word[-1]) % _BLOCK_SIZE in _NASALS and not drops_schwa:
        letters = f"{letters[:-1]}m"
    return letters[:-1] if letters.endswith("aa") and len(letters) > 3 else letters


def _syllables(word: str) -> Iterator[list[str]]:
    """Yield consonants, vowel and "inherent" or "" of each syllable; a consonant without a vowel begins the next one."""
    consonants, vowel, kind = "", "", ""
    letters = [ord(letter) % _BLOCK_SIZE for letter in word if letter not in "\u200c\u200d"]
    for place, letter in enumerate(letters):
        if letter in _CONSONANTS or letter in _VOWELS:
            if vowel:
                yield [consonants, vowel, kind]
                consonants = ""
            consonants += _CONSONANTS.get(letter, "")
            vowel, kind = (_VOWELS[letter], "") if letter in _VOWELS else ("a", "inherent")
        elif letter in _VOWEL_SIGNS:
            vowel, kind = _VOWEL_SIGNS[letter], ""
        elif letter == _VIRAMA:
            vowel = kind = ""
        elif letter in _NASALS or letter == _VISARGA:
            ahead = _CONSONANTS.get(letters[place + 1], "") if place + 1 < len(letters) else ""
            vowel += "h" if letter == _VISARGA else "m" if ahead.startswith(_LABIALS) else "n"
            kind = ""
    yield [consonants, vowel, kind]


def _drop_schwas(syllables: list[list[str]]) -> None:
    """Empty the inherent vowels that are silent, from the end of the word on."""
    for place in range(len(syllables) - 1, 0, -1):
        consonants, _, kind = syllables[place]
        last = place == len(syllables) - 1
        sounded = last or syllables[place + 1][1]
        if kind == "inherent" and sounded and syllables[place - 1][1] and (last or len(consonants) <= 2):
            syllables[place][1] = ""


class Romanised(Verbalizer):
    """Verbalizer of the same language for sentences in Latin letters."""

    written = WrittenForms(per="per")
    block = None

    def __init__(self, verbalizer: Verbalizer, *, drops_schwa: bool) -> None:
        self._verbalizer, self._drops_schwa = verbalizer, drops_schwa
        self.code, self.name = f"{verbalizer.code}-Latn", verbalizer.name
        self.money_joint = verbalizer.money_joint
        self.digit_names = [self._latin(name) for name in verbalizer.digit_names]
        self.months = [f"{typed} {self._latin(own)}" for typed, own in zip(_MONTHS, verbalizer.months, strict=True)]
        self.magnitudes = {key: self._latin(words) for key, words in verbalizer.magnitudes.items()}
        self.signs = {key: self._latin(words) for key, words in verbalizer.signs.items()}
        self.currencies, self.units = verbalizer.currencies, verbalizer.units

    def _latin(self, words: str) -> str:
        return romanise(words, drops_schwa=self._drops_schwa)

    def with_reading(self, reading: Reading) -> Self:
        """Return a verbalizer of the same language with these options."""
        styled = super().with_reading(reading)
        styled._verbalizer = self._verbalizer.with_reading(reading)
        return styled

    def cardinal(self, number: int) -> str:
        return self._latin(self._verbalizer.cardinal(number))

    def amount(self, amount: Amount, *, counted: bool = False) -> str:
        return self._latin(self._verbalizer.amount(amount, counted=counted))

    def is_counting(self, before: str, ahead: str) -> bool:
        word = "".join(ahead.lower().split()[:1]).rstrip(".,;:!?)")
        return _LATIN.match(ahead[:2]) is not None and not (
            word.startswith(_NOT_COUNTED) or word.endswith(_VERB_ENDINGS)
        )

    def is_year(self, number: int, before: str, ahead: str) -> bool:
        return self._verbalizer.is_year(number, before, ahead)

    def ordinal(self, number: int, ending: str = "") -> str:
        return self._latin(self._verbalizer.ordinal(number, ending))

    def year(self, year: int) -> str:
        return self._latin(self._verbalizer.year(year))

    def clock(self, time: ClockTime) -> str:
        return self._latin(self._verbalizer.clock(time))

    def fraction(self, whole: int, over: int, under: int) -> str:
        return self._latin(self._verbalizer.fraction(whole, over, under))

    def percentage(self, amount: Amount) -> str:
        return self._latin(self._verbalizer.percentage(amount))

    def money(self, amount: Amount, currency: str, per: str | None = None) -> str:
        return self._latin(self._verbalizer.money(amount, currency, per))

    def measure(self, amount: str, unit: str, per: str | None = None, *, one: bool = False, ahead: str = "") -> str:
        return self._latin(self._verbalizer.measure(amount, unit, per, one=one, ahead=ahead))

    def rate(self, words: str, per: str | None) -> str:
        return self._latin(self._verbalizer.rate(words, per))
