"""Evidence of one language among those of a script: words, endings, letters, and words between figures.

Where it shows none, hints do: words and endings that all of them write, one far more often.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from processing.normalise.verbalizer import Verbalizer

_DANDA = "।"
_METRES = re.compile(r"(?:(?<=\d) (?:मी|हे)|/हे)(?![\u0900-\u0963])")
"""Units behind a figure, which elsewhere are Marathi words."""


class _Words:
    """Words, and endings of words that are at least two characters longer."""

    def __init__(self, words: Collection[str], endings: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._endings = frozenset(endings)
        self._last = frozenset(ending[-1] for ending in self._endings)
        self._lengths = tuple(sorted({len(ending) for ending in self._endings}))

    def has(self, word: str) -> bool:
        if word in self._words:
            return True
        if word[-1] not in self._last:
            return False
        most = len(word) - 2
        for length in self._lengths:
            if length > most:
                return False
            if word[-length:] in self._endings:
                return True
        return False


class ScriptEvidence:
    """Counts of what shows each of `languages`, which share a script."""

    def __init__(self, languages: Sequence[Verbalizer]) -> None:
        self._languages = languages
        inside = languages[0].letters_and_marks
        self._apart = re.compile(rf"(?<![\d{inside}\u200c\u200d])[{inside}][{inside}\u200c\u200d]*")
        written = [language.written for language in languages]
        self._own = [_Words(of.script_words, of.script_endings) for of in written]
        self._hints = [_Words(of.hint_words, of.hint_endings) for of in written]
        self._parts = [of.script_parts for of in written]
        self._figures = [re.compile(of.script_figures) if of.script_figures else None for of in written]
        self._known = frozenset(word for of in written for word in of.script_words)

    def shown(self, text: str) -> Verbalizer | None:
        """Return the language that `text` shows; None if it shows two equally, or none."""
        counts = []
        for figures in self._figures:
            text, found = figures.subn(" ", text) if figures else (text, 0)
            counts.append(found)
        words = self._apart.findall(text)
        for place, (own, parts) in enumerate(zip(self._own, self._parts, strict=True)):
            counts[place] += sum(map(own.has, words)) + sum(map(text.count, parts))
        return self._most(counts)

    def hinted(self, text: str) -> Verbalizer | None:
        """Return the language that the hints of `text` show; None if they show two equally, or none."""
        words = [word for word in self._apart.findall(_METRES.sub(" ", text)) if word not in self._known]
        words += _DANDA * text.count(_DANDA)
        return self._most([sum(map(hints.has, words)) for hints in self._hints])

    def _most(self, counts: Sequence[int]) -> Verbalizer | None:
        most = max(counts)
        return self._languages[counts.index(most)] if most and counts.count(most) == 1 else None
