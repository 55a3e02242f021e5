"""Lexicon: the caller's own pronunciations, from a written word to its spoken form.

A key is one or more whole words in any script and begins with a letter or a digit. A key without capitals ignores
case ("sql" matches "SQL"); a key with capitals matches only itself ("US" does not match "us"). The longest key wins.
The spoken form goes to the model unchanged.

Guarantee: `Lexicon.find` is linear in the text, with at most MAX_WORD lookups for each word. It copies no spoken form.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.errors import ValidationFailed

MAX_ENTRIES = 1_000
MAX_WORD = 64
"""Longest key, in characters."""
MAX_SPOKEN = 256
"""Longest spoken form, in characters."""
_MAX_WRITTEN = 4 * MAX_WORD + 1
"""Characters of a key that are read: NFC composes at most 4 characters into one."""

_WORD = re.compile(r"[^\W_][\w\u0300-\u036f\u0900-\u0dff\u200c\u200d]*")
_INSIDE = re.compile(r"[\w\u0300-\u036f\u0900-\u0dff\u200c\u200d]")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Spoken forms by key, built by `read_lexicon`: keys with capitals in `exact`, casefolded ones in `folded`.

    `lengths` holds the key lengths to try, longest first, by the casefolded first word of the key.
    """

    exact: Mapping[str, str] = field(default_factory=dict)
    folded: Mapping[str, str] = field(default_factory=dict)
    lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """Return each key in `text` as (start, end, spoken form), in order and without overlap."""
        found: list[tuple[int, int, str]] = []
        done = 0
        for word in _WORD.finditer(text) if self.lengths else ():
            start = word.start()
            if start < done:
                continue
            lengths = self.lengths.get(word[0].casefold())
            if lengths and (entry := self._at(text, start, lengths)):
                found.append(entry)
                done = entry[1]
        return found

    def _at(self, text: str, start: int, lengths: tuple[int, ...]) -> tuple[int, int, str] | None:
        written = text[start : start + lengths[0]]
        folded = written.casefold()
        if len(folded) != len(written):  # no key of this length has a letter that casefolds to two
            folded = "".join([low if len(low := letter.casefold()) == 1 else "\0" for letter in written])
        for length in lengths:
            spoken = self.exact.get(written[:length]) or self.folded.get(folded[:length])
            if spoken is not None and length <= len(written) and not _runs_on(text, start + length):
                return start, start + length, spoken
        return None


def _runs_on(text: str, end: int) -> bool:
    """Return whether the word continues after `end`. A key that ends in a sign ("c++") may precede anything."""
    return _INSIDE.match(text, end) is not None and _INSIDE.match(text, end - 1) is not None


def read_lexicon(entries: Mapping[str, str], *, over: Lexicon | None = None) -> Lexicon:
    """Return the lexicon of `entries`, added to `over`, whose keys they may replace.

    Raises ValidationFailed for more than MAX_ENTRIES entries, a key or a spoken form that is empty or longer than
    MAX_WORD or MAX_SPOKEN characters, and a key that does not begin with a letter or a digit.
    """
    if len(entries) > MAX_ENTRIES:
        raise ValidationFailed(f"a lexicon holds at most {MAX_ENTRIES} entries", details={"entries": len(entries)})
    exact = dict(over.exact) if over else {}
    folded = dict(over.folded) if over else {}
    for number, (key, spoken) in enumerate(entries.items(), start=1):
        word = unicodedata.normalize("NFC", key.strip()[:_MAX_WRITTEN])
        if not 0 < len(word) <= MAX_WORD or not 0 < len(spoken.strip()) <= MAX_SPOKEN or not _WORD.match(word):
            raise ValidationFailed(
                f"a lexicon entry is a word of 1 to {MAX_WORD} characters, beginning with a letter or a digit, "
                f"and its spoken form of 1 to {MAX_SPOKEN}",
                details={"entry": number},
            )
        table = folded if word == word.lower() else exact
        table[word.casefold() if table is folded else word] = " ".join(spoken.split())
    return Lexicon(exact, folded, _lengths((*exact, *folded)))


def _lengths(keys: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = {}
    for key in keys:
        found = _WORD.match(key)
        if found:
            lengths.setdefault(found[0].casefold(), set()).add(len(key))
    return {word: tuple(sorted(sizes, reverse=True)) for word, sizes in lengths.items()}


def parse_lexicon(text: str) -> dict[str, str]:
    """Return entries from lines of `word<TAB>spoken form`; skip empty lines and lines that begin with `#`.

    Raises ValidationFailed with the number of the first line that has no tab.
    """
    entries: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        word, tab, spoken = line.partition("\t")
        if not tab:
            raise ValidationFailed("a lexicon line is a word, a tab and its spoken form", details={"line": number})
        entries[word] = spoken
    return entries
