"""True word starts in the demo voice's tokens: the tokens name their phones, and the teachers name each phone's word.

Needs flite and espeak-ng, the teachers of the voice.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from processing.words import find_words
from training.demo_voice.codes import phone_starts
from training.demo_voice.phones import PAUSE, PHONES
from training.demo_voice.teachers import ENGLISH_VOICE, RUNS
from training.demo_voice.word_teachers import EspeakWords, FliteWords

_PAUSE = PHONES.index(PAUSE)


@dataclass(frozen=True, slots=True)
class SpokenPhone:
    """Phone as an index of PHONES, and the index of its word in the text's words."""

    phone: int
    word: int


class WordTeacher:
    """Teacher of the words of each phone, in the languages of `teachers.Timer`."""

    def __init__(self, language: str) -> None:
        own, _, guest = language.partition("-")
        self._own = FliteWords(ENGLISH_VOICE) if own == "en" else EspeakWords(own)
        self._guest = FliteWords(ENGLISH_VOICE) if guest else None

    def phones(self, text: str) -> list[SpokenPhone]:
        """Return the phones without pauses; none where a teacher divides the text into other words."""
        starts = [word.start for word in find_words(text)]
        found: list[SpokenPhone] = []
        for run in RUNS.finditer(text) if self._guest else [re.compile("(?s).*").match(text)]:
            if run is None or not re.search(r"\w", run[0]):
                continue
            teacher = self._guest if self._guest and run[0][0].isascii() and run[0][0].isalpha() else self._own
            stripped = run[0].strip(" ,") if self._guest else run[0]
            offset = run.start() + run[0].index(stripped)
            for name, place in teacher.phones(stripped):
                if offset + place not in starts:
                    return []
                found.append(SpokenPhone(PHONES.index(name), starts.index(offset + place)))
        return found if {one.word for one in found} == set(range(len(starts))) else []


def onset_frames(tokens: Sequence[int]) -> list[tuple[int, int]]:
    """Return phone and frame of each phone's first token, without pauses."""
    return [(phone, at) for phone, at in phone_starts(tokens) if phone != _PAUSE]


def word_starts(tokens: Sequence[int], expected: Sequence[SpokenPhone]) -> dict[int, int]:
    """Return the first token of each word: that of its first phone.

    The phones of the tokens are aligned with the expected ones by least edits. A word is left out where its first phone
    or the phone before it is not the expected one, because its start is not known then.
    """
    found = onset_frames(tokens)
    pairs = _aligned([one.phone for one in expected], [phone for phone, _ in found])
    matched = {i: j for i, j in pairs if expected[i].phone == found[j][0]}
    starts = {expected[0].word: found[matched[0]][1]} if matched.get(0) == 0 else {}
    for (i, before), (j, one) in pairwise(enumerate(expected)):
        if one.word != before.word and i in matched and matched.get(j) == matched[i] + 1:
            starts[one.word] = found[matched[j]][1]
    return starts


def misread_words(tokens: Sequence[int], expected: Sequence[SpokenPhone]) -> frozenset[int]:
    """Return the words whose phones in the tokens are not the expected ones, or have others before or after them."""
    found = [phone for phone, _ in onset_frames(tokens)]
    pairs = _aligned([one.phone for one in expected], found)
    matched = {i: j for i, j in pairs if expected[i].phone == found[j]}
    words = {one.word for i, one in enumerate(expected) if i not in matched}
    last = len(expected)
    bounds = pairwise([(-1, -1), *matched.items(), (last, len(found))])
    for (i, before), (j, after) in bounds:
        if after - before > 1:  # phones between two matched ones
            words |= {expected[place].word for place in (max(i, 0), min(j, last - 1))}
    return frozenset(words)


def _aligned(expected: Sequence[int], found: Sequence[int]) -> list[tuple[int, int]]:
    """Return the pairs of places that a least edit distance puts beside each other."""
    rows = [list(range(len(found) + 1))]
    for i, one in enumerate(expected, start=1):
        row = [i]
        for j, other in enumerate(found, start=1):
            row.append(min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (one != other)))
        rows.append(row)
    pairs, i, j = [], len(expected), len(found)
    while i and j:
        if rows[i][j] == rows[i - 1][j - 1] + (expected[i - 1] != found[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif rows[i][j] == rows[i - 1][j] + 1:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]
