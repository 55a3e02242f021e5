"""Choice of the language in which each sentence of a text is read.

A declared language reads sentences in its own script and in Latin letters, and figures alone. Other sentences are read
in the language of their script; where a script has several, words tell, as they do in Latin letters.
"""

import re
from collections.abc import Sequence

from processing.normalise.languages import LATIN_FORMS, VERBALIZERS
from processing.normalise.languages import typed_telugu_vocabulary as telugu
from processing.normalise.languages.english import ENGLISH
from processing.normalise.other_scripts import OTHER_DIGIT, OTHER_WORD, SCRIPT_OF_LANGUAGE, OtherScript, script_of
from processing.normalise.script_evidence import ScriptEvidence
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import UNITS, alternatives
from shared.errors import ValidationFailed
from shared.types import AUTO

Reader = Verbalizer | OtherScript

_NATIVE = {verbalizer.code: verbalizer for verbalizer in VERBALIZERS if "-" not in verbalizer.code}
TAGS = tuple(f"{code}-IN" for code in _NATIVE)
"""Values of `language`, beside AUTO for a choice by script and words."""
_NAMES = {code: verbalizer.name for code, verbalizer in _NATIVE.items()}
_NAMES |= {code: script.name for code, script in SCRIPT_OF_LANGUAGE.items()}

_OF_BLOCK: dict[int, list[Verbalizer]] = {}
for _verbalizer in VERBALIZERS:
    if _verbalizer.block is not None:
        _OF_BLOCK.setdefault(_verbalizer.block, []).append(_verbalizer)
_DANDAS = {0x0900: "।॥"}
_WORD = {
    block: re.compile(
        rf"[{languages[0].letters_and_marks}{_DANDAS.get(block, '')}][{languages[0].letters_and_marks}{_DANDAS.get(block, '')}\u200c\u200d]*"
    )
    for block, languages in _OF_BLOCK.items()
}
"""Words of a script; a danda is one, or a part of the word before."""
_CLAUSE_END = {
    block: re.compile(rf"[{languages[0].letters_and_marks}\u200c\u200d](?:[,;](?!\d)|[\s.,;:!?।॥\"'”’)…]{{0,8}}\Z)")
    for block, languages in _OF_BLOCK.items()
}
_EVIDENCE = {block: ScriptEvidence(languages) for block, languages in _OF_BLOCK.items() if len(languages) > 1}
_DIGIT = re.compile(f"[{''.join(chr(block + 0x66) + '-' + chr(block + 0x6F) for block in _OF_BLOCK)}]")
_BLOCK_SIZE = 0x80
_LATIN = re.compile(r"[A-Za-z]+")
_TYPED = [
    (verbalizer, re.compile(rf"\d ?(?:{alternatives(verbalizer.written.latin_counted)})\b", re.IGNORECASE))
    for verbalizer in VERBALIZERS
    if verbalizer.written.latin_words
]
_ENGLISH_ONLY = frozenset(
    """of and for with you your it this that on at by from will have has had my we are was were be been not can would should an i
    he she they his her our their there please or if as but what when how which a""".split()
)
"""Small words of English that are no words of the typed languages, as "the", "is", "in" and "to" are of Hindi."""
_ENGLISH = _ENGLISH_ONLY | {"the", "is", "means", "called", "word"}
_FEW = 3
"""Latin letters of a sentence that do not show its language: those of "Rs." or "km"."""
_SAMPLE = 4_000
"""Characters of a text that tell the language of a sentence without words that tell."""


_CODES = re.compile(r"(?<![A-Za-z])[A-Z]{2}(?=-?\d|-[A-Z])")
"""Letters of a code such as that of a vehicle, 'KA-05', which are no word."""


def language_tag(tag: str) -> str:
    """Return the language that `tag` names, of TAGS or AUTO: "hi", "hi-IN" and "HI-in" are one. Raises ValidationFailed."""
    for known in (AUTO, *TAGS):
        if tag.lower() in (known.lower(), known.lower().removesuffix("-in")):
            return known
    raise ValidationFailed(f"language: must be one of {', '.join(TAGS)}, {AUTO}", details={"field": "language"})


def spoken_tag(tag: str, spoken: Sequence[str]) -> str:
    """Return `language_tag` of `tag`. Raises ValidationFailed if it is not one of the `spoken` languages of the voice."""
    known = language_tag(tag)
    code = known.partition("-")[0]
    if known != AUTO and spoken and code not in _codes(spoken):
        raise ValidationFailed(
            f"language: the voice does not speak {_NAMES[code]}; it speaks {_listed(spoken)}",
            details={"field": "language", "language": code},
        )
    return known


class LanguageChooser:
    """Chooser of the reader of each sentence of `text`.

    `declared` is AUTO or one of TAGS. `spoken` are the BCP 47 tags of the languages that the voice speaks, empty if it
    does not say; where a sentence leaves a choice, they are preferred.
    """

    def __init__(self, text: str, *, declared: str = AUTO, spoken: Sequence[str] = ()) -> None:
        self._text, self._spoken = text, spoken
        self._codes = _codes(spoken)
        self._declared = None if declared == AUTO else _NATIVE[declared.partition("-")[0]]
        self._previous: Reader = self._declared or self._default()
        self._begun = False
        self._telugu: bool | None = None
        self._of_text: dict[int, tuple[Verbalizer | None, Verbalizer | None]] = {}
        self._latin = LATIN_FORMS.get(self._previous.code, self._previous)
        self._checked = bool(spoken) and self._codes <= _NAMES.keys()

    def _default(self) -> Reader:
        if not self._codes or "en" in self._codes:
            return ENGLISH
        known: dict[str, Reader] = {**SCRIPT_OF_LANGUAGE, **_NATIVE}
        return next((known[code] for code in map(_primary, self._spoken) if code in known), ENGLISH)

    def reader_of(self, sentence: str) -> Reader:
        """Return the reader of the next sentence; the declared one or that of the sentence before, if no letters tell.

        Raises ValidationFailed for a language that the voice does not speak. A voice with a language that is unknown
        here is not checked.
        """
        reader = self._previous = self._choose(sentence)
        self._begun = True
        codes = reader.codes if isinstance(reader, OtherScript) else (_primary(reader.code),)
        if self._checked and self._codes.isdisjoint(codes):
            raise ValidationFailed(
                f"text: holds {reader.name}, which the voice does not speak; it speaks {_listed(self._spoken)}",
                details={"field": "text", "language": reader.code},
            )
        return reader

    def _choose(self, sentence: str) -> Reader:
        latin = _LATIN.findall(sentence)
        if not sentence.isascii():
            found = {block: pattern.findall(sentence) for block, pattern in _WORD.items()}
            block = max(found, key=lambda block: len(found[block]))
            most, other = len(found[block]), OTHER_WORD.findall(sentence)
            if len(other) > most and len(other) * 3 >= len(latin):
                return script_of(other[0][0])
            if not most and not other and (reader := self._reader_of_digits(sentence)):
                return reader
            if (
                most * 3 >= max(1, len(latin))
                or (most and not any(map(_is_word, latin)))
                or (most and self._ends_in(block, sentence, latin))
            ):
                return self._of_script(block, sentence)
        if not latin:
            return self._declared or self._previous
        codes = _CODES.findall(sentence)
        return self._of_latin(sentence, [word.lower() for word in latin if word not in codes] or [latin[0].lower()])

    def _ends_in(self, block: int, sentence: str, latin: Sequence[str]) -> bool:
        """Return whether the last word of a clause is of the script, as verbs are, and the words are no sentence of English;
        or a danda.
        """
        if block == 0x0900 and sentence.rstrip().endswith("।"):
            return True
        ends = _CLAUSE_END[block].search(sentence)
        return ends is not None and not any(word.lower() in _ENGLISH for word in latin)

    def _reader_of_digits(self, sentence: str) -> Reader | None:
        """Return the reader of the first digit that is not an ASCII one."""
        if digit := _DIGIT.search(sentence):
            return self._of_script(ord(digit[0]) // _BLOCK_SIZE * _BLOCK_SIZE, sentence)
        digit = OTHER_DIGIT.search(sentence)
        return script_of(digit[0]) if digit else None

    def _of_latin(self, sentence: str, words: Sequence[str]) -> Reader:
        """Return the reader of a sentence in Latin letters with these words, in lower case."""
        few = sum(map(len, words)) <= _FEW
        if self._declared:
            return self._declared if few else self._latin
        for verbalizer, counted in _TYPED:
            shown = [word for word in words if _is_typed(word, verbalizer)]
            shared = set(shown) <= telugu.SHARED_WORDS
            if shown and (_is_typed_telugu(words, shown) or (shared and self._shows_telugu())):
                continue
            spoken = not self._codes or _primary(verbalizer.code) in self._codes
            english = sum(word in _ENGLISH_ONLY for word in words)
            plain = len(shown) * 3 >= len(words) or (len(set(shown)) > 1 and len(shown) > 2 * english)
            if spoken and (plain or counted.search(sentence)):
                return verbalizer
        if self._previous is not ENGLISH and few:
            return self._previous
        return self._latin

    def _shows_telugu(self) -> bool:
        """Return whether a word of the begin of the text shows typed Telugu."""
        if self._telugu is None:
            words = [word.lower() for word in _LATIN.findall(self._text[:_SAMPLE])]
            self._telugu = any(word in telugu.LATIN_WORDS for word in words)
        return self._telugu

    def _of_script(self, block: int, sentence: str) -> Verbalizer:
        """Return the reader of a sentence in a script: by its words, then the declared one, that of the sentence before,
        that of the text, a spoken one, that of hints in the sentence, then in the text, the first.
        """
        languages = _OF_BLOCK[block]
        if self._declared in languages or len(languages) == 1:
            return self._declared if self._declared in languages else languages[0]
        evidence = _EVIDENCE[block]
        if shown := evidence.shown(sentence):
            return shown
        if self._begun and self._previous in languages:
            return self._previous
        shown, hinted = self._shown_by_text(block)
        if shown:
            return shown
        spoken = [language for language in languages if language.code in self._codes]
        if len(spoken) == 1:
            return spoken[0]
        if own := evidence.hinted(sentence) or hinted:
            return own
        return next((language for language in languages if language is self._previous), languages[0])

    def _shown_by_text(self, block: int) -> tuple[Verbalizer | None, Verbalizer | None]:
        """Return the languages of a script that the begin of the text shows and hints at, searched once for all sentences."""
        if block not in self._of_text:
            sample, evidence = self._text[:_SAMPLE], _EVIDENCE[block]
            self._of_text[block] = evidence.shown(sample), evidence.hinted(sample)
        return self._of_text[block]


def _is_word(word: str) -> bool:
    """Return whether a word in Latin letters is one of a language: no unit and no initialism, which all write so."""
    return word.lower() in _ENGLISH or (len(word) > 2 and word[1:].islower() and word not in UNITS) or len(word) > 5


def _is_typed(word: str, verbalizer: Verbalizer) -> bool:
    """Return whether `word`, in lower case, shows the language that the verbalizer reads in Latin letters."""
    written = verbalizer.written
    return word in written.latin_words or (len(word) > 4 and word.endswith(tuple(written.latin_endings)))


def _is_typed_telugu(words: Sequence[str], shown: Sequence[str]) -> bool:
    """Return whether as many of `words` show Telugu as others, `shown`, show another language alone."""
    of_telugu = sum(
        word in telugu.LATIN_WORDS or (len(word) > 6 and word.endswith(telugu.LATIN_ENDINGS)) for word in words
    )
    return of_telugu > 0 and of_telugu >= len(set(shown) - telugu.SHARED_WORDS)


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()


def _codes(tags: Sequence[str]) -> frozenset[str]:
    return frozenset(map(_primary, tags))


def _listed(tags: Sequence[str]) -> str:
    """Return the English names of languages: 'English, Hindi and Telugu'."""
    *first, last = dict.fromkeys(_NAMES.get(_primary(tag), tag) for tag in tags)
    return f"{', '.join(first)} and {last}" if first else last
