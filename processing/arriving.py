"""Sentence segmentation of text that arrives in parts, at the boundaries that `spans` finds in the whole.

A decision about a stop depends on the text up to the first whole word behind it. Each decision is made once, when that
word has arrived.

Guarantee: time is linear in the text, however it is cut. Each character is inspected a fixed number of times.
"""

import re

from processing.chunks import find_chunks
from processing.sentences import LOOKBACK, is_blank, joins_previous, next_event, reach_of, sentence_end
from shared.steps import Steps, finish

LONGEST_WAIT = 440
"""Characters without the end of a sentence after which all but their last chunk are emitted: twice the threshold of a
chunk."""

EVENTS_A_STEP, TOKENS_A_STEP = 256, 2_048
"""Stops decided, and words found, in one step: about 1 ms."""

_SPACE = re.compile(r"\s")
_VOICED = re.compile(r"[^\W_]")
_TOKEN = re.compile(
    r"""(?P<apart> \[[A-Za-z _-]{0,32}(?:\]|\Z) | ॥[ ]?(?:\Z|\d{1,4}(?:[ ]?\Z|(?=[ ]?॥))) )
    | (?P<run> [^\s\[॥]+ ) | \s+ | [\[॥]""",
    re.VERBOSE,
)
"""`apart`: an emotion tag or a verse number, whole or begun; its letters and digits are no word."""


class SentenceSegmenter:
    """Segmenter of one text. It emits a sentence when the first word behind it is whole, to tell '3.' from '3.5'.

    A sentence without a letter or a digit is emitted with the text that follows. `finish` ends the text.
    """

    def __init__(self) -> None:
        self._held: list[str] = []  # decided text before `_emitted` that has no letter or digit
        self._text = ""  # text under inspection; decided text further back than LOOKBACK is dropped
        self._later: list[str] = []  # text that arrived after it
        self._waiting = 0  # characters from `_emitted` on
        self._voiced = False  # they hold a letter or a digit
        self._fresh = False  # one of those letters and digits is not settled
        # Places in `_text`; a place in dropped text is negative.
        self._emitted = 0
        self._words = 0  # start of the next token for `_settle_words`
        self._last_word = self._settled = -1  # last letter or digit of any word, and of a whole word
        self._next = 0  # start of the search for the next event
        self._start = 0  # start of the latest part of a sentence
        self._begin = 0  # start of the sentence that this part may join
        self._blank = True  # text[_begin:_start] holds only white space and tags
        self._worded = False  # a word follows `_start`

    def feed(self, text: str) -> str:
        """Take `text`; return the sentences that are now complete, as one text, or "".

        If LONGEST_WAIT characters hold no end, they are emitted in chunks, which may end within a sentence.
        """
        return finish(self.feed_steps(text))

    def feed_steps(self, text: str) -> Steps[str]:
        """Do the work of `feed` in steps, because one word may decide about any number of stops before it."""
        self._later.append(text)
        self._waiting += len(text)
        voiced = _VOICED.search(text) is not None
        self._voiced, self._fresh = self._voiced or voiced, self._fresh or voiced
        whole = ""
        if self._fresh and _SPACE.search(text):
            self._join()
            if (yield from self._settle_words()):
                whole = self._emit((yield from self._find_end()))
        if self._voiced and self._waiting > LONGEST_WAIT:
            self._join()
            whole += self._emit((yield from self._forced_cut()))
        return whole

    def finish(self) -> str:
        """Return the rest of the text."""
        self._join()
        return "".join([*self._held, self._text[self._emitted :]])

    def _join(self) -> None:
        """Append the text that arrived to `_text`, and drop the part of `_text` that no decision needs."""
        done = max(0, min(self._emitted, self._next, self._words) - LOOKBACK)
        self._text = "".join([self._text[done:], *self._later])
        self._later.clear()
        self._emitted, self._words, self._last_word = self._emitted - done, self._words - done, self._last_word - done
        self._settled, self._next = self._settled - done, self._next - done
        self._start, self._begin = self._start - done, self._begin - done

    def _settle_words(self) -> Steps[bool]:
        """Find the last letter or digit of a word with white space behind it; stops before it can be decided.

        Return whether it has moved.
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
        """Return the end of the last decided sentence."""
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
        """Begin a new part at `end`; the part before it joins its sentence or begins one."""
        text, start = self._text, self._start
        blank = not self._worded and is_blank(text, start, end)
        if not (self._blank or joins_previous(text, start, end, blank=blank)):
            self._begin, self._blank = start, True
        self._blank = self._blank and blank
        self._start, self._worded = end, False

    def _forced_cut(self) -> Steps[int]:
        """Return the place to cut the waiting text: before its last chunk, or behind leading white space."""
        waiting = self._text[self._emitted :]
        cut = end = 0
        for chunk in find_chunks(waiting):
            cut, end = end, end + len(chunk.text)
            yield
        leading = len(waiting) - len(waiting.lstrip())
        return self._emitted + (cut or leading or len(waiting))

    def _emit(self, upto: int) -> str:
        """Return the text up to a place; hold it if it has no letter or digit."""
        if upto <= self._emitted:
            return ""
        text, self._emitted = self._text[self._emitted : upto], upto
        self._waiting -= len(text)
        self._voiced = _VOICED.search(self._text, upto) is not None
        self._held.append(text)
        if _VOICED.search(text) is None:
            return ""
        whole = "".join(self._held)
        self._held.clear()
        return whole


def _last_voiced(run: str, start: int, *, otherwise: int) -> int:
    """Return the place of the last letter or digit in `run`, which begins at `start`, or `otherwise`."""
    return next((start + at for at in range(len(run) - 1, -1, -1) if run[at].isalnum()), otherwise)
