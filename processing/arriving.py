"""Sentences of a text that arrives in pieces: the boundaries that `sentences.spans` finds in the whole text.

Linear in the text however it is cut: each character is looked at a fixed number of times. A decision about a stop
depends on the text up to the first whole word behind it, so nothing is decided before that word is there, and nothing
is decided twice.
"""

import re

from processing.chunks import find_chunks
from processing.sentences import LOOKBACK, is_blank, joins_previous, next_event, reach_of, sentence_end
from shared.steps import Steps, finish

LONGEST_WAIT = 440
"""Characters without a sentence's end after which all but the last chunk of them is given. Two chunks' threshold."""

EVENTS_A_STEP, TOKENS_A_STEP = 256, 2_048
"""Stops that are decided, and words that are found, in a step: 1 ms."""

_SPACE = re.compile(r"\s")
_VOICED = re.compile(r"[^\W_]")
_TOKEN = re.compile(
    r"""(?P<apart> \[[A-Za-z _-]{0,32}(?:\]|\Z) | ॥[ ]?(?:\Z|\d{1,4}(?:[ ]?\Z|(?=[ ]?॥))) )
    | (?P<run> [^\s\[॥]+ ) | \s+ | [\[॥]""",
    re.VERBOSE,
)
"""`apart`: an emotion tag or a verse number, or what may become one; its letters and digits are no word."""


class SentenceSegmenter:
    """Gives a sentence once the first word behind it is whole: only that tells '3.' from '3.5'.

    A sentence without a letter or a digit stays with what follows. `finish` ends the text; a further text needs a
    segmenter of its own.
    """

    def __init__(self) -> None:
        self._held: list[str] = []  # given up to `_given`, but without a letter or a digit so far
        self._text = ""  # what has been looked at, without what is decided and LOOKBACK behind
        self._later: list[str] = []  # what has arrived since
        self._waiting = 0  # characters from `_given` on
        self._voiced = False  # whether they hold a letter or a digit
        self._fresh = False  # whether one of them is not settled
        # Places in `_text`; those that are behind it are negative.
        self._given = 0
        self._words = 0  # where the next token that `_settle_words` looks at begins
        self._last_word = self._settled = -1  # letter or digit of a word: the last one, and the last of a whole word
        self._next = 0  # where the next event is looked for
        self._start = 0  # where the latest part of a sentence begins
        self._begin = 0  # where the sentence begins that `_start` may join
        self._blank = True  # whether the text between them is white space and tags alone
        self._worded = False  # whether a word stands behind `_start`

    def feed(self, text: str) -> str:
        """Return the sentences that are complete now, as one text, or "".

        The text is forced out in chunks where LONGEST_WAIT characters hold no end; a chunk may end within a sentence.
        """
        return finish(self.feed_steps(text))

    def feed_steps(self, text: str) -> Steps[str]:
        """`feed` in steps: a word may decide about all the signs before it, however many they are."""
        self._later.append(text)
        self._waiting += len(text)
        voiced = _VOICED.search(text) is not None
        self._voiced, self._fresh = self._voiced or voiced, self._fresh or voiced
        whole = ""
        if self._fresh and _SPACE.search(text):
            self._join()
            if (yield from self._settle_words()):
                whole = self._give((yield from self._find_end()))
        if self._voiced and self._waiting > LONGEST_WAIT:
            self._join()
            whole += self._give((yield from self._forced_cut()))
        return whole

    def finish(self) -> str:
        """Return the rest of the text."""
        self._join()
        return "".join([*self._held, self._text[self._given :]])

    def _join(self) -> None:
        """Append what has arrived to the text that is looked at, and drop what is no longer needed of that."""
        done = max(0, min(self._given, self._next, self._words) - LOOKBACK)
        self._text = "".join([self._text[done:], *self._later])
        self._later.clear()
        self._given, self._words, self._last_word = self._given - done, self._words - done, self._last_word - done
        self._settled, self._next = self._settled - done, self._next - done
        self._start, self._begin = self._start - done, self._begin - done

    def _settle_words(self) -> Steps[bool]:
        """Find the last letter or digit of a word with white space behind it: what ends before it can be decided.

        Return whether it is another one than before.
        """
        text, before = self._text, self._settled
        for number, token in enumerate(_TOKEN.finditer(text, self._words), start=1):
            if number % TOKENS_A_STEP == 0:
                yield
            run = token["run"]
            cut_off = token.end() == len(text) and (run or token["apart"])
            if run and not cut_off:
                self._last_word = _last_voiced(run, token.start(), otherwise=self._last_word)
            elif not run and _SPACE.search(token[0]):
                self._settled = self._last_word
            if cut_off:
                break
            self._words = token.end()
        self._fresh = self._last_word > self._settled or _VOICED.search(text, self._words) is not None
        return self._settled > before

    def _find_end(self) -> Steps[int]:
        """Return where the last sentence ends that is decided."""
        text, settled, number = self._text, self._settled, 0
        while (event := next_event(text, self._next)) and (reach := reach_of(text, event)) <= settled:
            number += 1
            if number % EVENTS_A_STEP == 0:
                yield
            end = sentence_end(text, self._start, event, reach)
            if end is not None and end > self._start:
                self._end_at(end)
            self._next = event.end()
        self._next = max(self._next, min(settled + 1, event.start() if event else settled + 1))
        self._worded = self._worded or settled >= self._start
        return self._begin if self._blank else self._start

    def _end_at(self, end: int) -> None:
        """Begin a new part at `end`; the part before it belongs to its sentence, or begins one."""
        text, start = self._text, self._start
        blank = not self._worded and is_blank(text, start, end)
        if not (self._blank or joins_previous(text, start, end, blank=blank)):
            self._begin, self._blank = start, True
        self._blank = self._blank and blank
        self._start, self._worded = end, False

    def _forced_cut(self) -> Steps[int]:
        """Return where to cut the text that waits: before its last chunk, or at the white space that swells it."""
        waiting = self._text[self._given :]
        cut = end = 0
        for chunk in find_chunks(waiting):
            cut, end = end, end + len(chunk.text)
            yield
        leading = len(waiting) - len(waiting.lstrip())
        return self._given + (cut or leading or len(waiting))

    def _give(self, upto: int) -> str:
        """Take the text up to there; it is held where nothing in it can be spoken."""
        if upto <= self._given:
            return ""
        text, self._given = self._text[self._given : upto], upto
        self._waiting -= len(text)
        self._voiced = _VOICED.search(self._text, upto) is not None
        self._held.append(text)
        if _VOICED.search(text) is None:
            return ""
        whole = "".join(self._held)
        self._held.clear()
        return whole


def _last_voiced(run: str, start: int, *, otherwise: int) -> int:
    """Return the place of the last letter or digit in `run`, which begins at `start`."""
    return next((start + at for at in range(len(run) - 1, -1, -1) if run[at].isalnum()), otherwise)
